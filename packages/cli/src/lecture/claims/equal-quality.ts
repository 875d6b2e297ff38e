/** [28:35] Sliced fits are nearly as good as exact ones: by how much, for each kind of direction. */

import { eye, grad, random, type Tensor, tensor, vmap } from "@cotangent/autodiff";
import type { Objective } from "@cotangent/losses";
import { type ChartPoint, curveOf, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured, type Row } from "../claim.ts";
import { type Estimate, estimate, estimated, exact } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearWithoutBias } from "../models.ts";

const d = 5;
/** Samples of a fit: more for the plain form, whose ratio is known for N → ∞ only. */
const samplesOf = (kind: Kind | "implicit"): number => (kind.startsWith("plain") ? 8000 : 2000);

/** Risk over the exact objective's as N → ∞. */
const ratios = {
  "plain Rademacher": (M: number, n = d) => 1 + (n - 1) / M,
  "plain Gaussian": (M: number, n = d) => 1 + (n + 1) / M,
  "reduced Rademacher": (M: number, n = d) => 1 + (n - 1) / ((n + 1) * M),
  "reduced Gaussian": (M: number, _n = d) => 1 + 1 / M,
} as const;
type Kind = keyof typeof ratios;

/**
 * E‖VS⁻¹ − I‖² for S Wishart and V = ⟨vvᵀ⟩ with E V² = (1 + κ/(NM))I: the risk of the reduced objective at
 * any N (κ = d − 1 Rademacher, d + 1 Gaussian), and with κ = 0 of the exact one.
 */
function exactRisk(N: number, kappa: number, M: number): number {
  const inverse = N / (N - d - 1);
  const square = (N ** 2 * (N - 1)) / ((N - d) * (N - d - 1) * (N - d - 3));
  return d * ((1 + kappa / (N * M)) * square - 2 * inverse + 1);
}

/** The objectives of the table, with M directions per sample. */
function objectiveOf(
  { losses }: LectureContext,
  kind: Kind,
  projections: number,
): Objective<Tensor> {
  const { sliced, rademacher, gaussianDirections } = losses;
  const distribution = kind.endsWith("Gaussian") ? gaussianDirections : rademacher;
  const reduced = kind.startsWith("reduced");
  return sliced(linearWithoutBias, { projections, distribution, reduced });
}

/** ‖A − I‖² of the minimiser over N fresh samples of N(0, I_d), by descent (the Hessian is near I). */
function riskOf(context: LectureContext, objective: Objective<Tensor>, N: number): Estimate {
  const { risk } = estimate(context, (key) => {
    const x = random.normal(random.foldIn(key, 0), [N, d]);
    const draws = objective.draw(random.foldIn(key, 1), x);
    const slope = grad((A: Tensor) => objective.perSample(A, x, draws).mean());
    let A: Tensor = eye(d);
    for (let step = 0; step < 14; step++) A = A.sub(slope(A));
    return { risk: A.sub(eye(d)).square().sum() };
  });
  return risk;
}

/** E‖∂A‖² at the truth over d(d + 1), what it is for the exact objective: the ratio, exactly, in two dimensions. */
function gradientRatio(context: LectureContext, kind: Kind): number {
  const objective = objectiveOf(context, kind, 1);
  const grid = gaussianGrid(4, 5);
  const x = columns(grid.points, 0, 2);
  const slope = (row: Tensor, v: Tensor): Tensor => {
    const loss = (A: Tensor) => objective.perSample(A, row.expandDims(0), { v: v.expandDims(0) });
    return grad((A: Tensor) => loss(A).sum())(eye(2))
      .square()
      .sum();
  };
  const squares = (v: Tensor): number => grid.mean(vmap(slope)(x, v)).item();
  if (kind.endsWith("Gaussian")) return squares(columns(grid.points, 2, 4)) / 6;
  // Signs: (1, 1) and (1, −1), since a slope does not change with the sign of v.
  const bySigns = [
    [1, 1],
    [1, -1],
  ].map((v) => squares(tensor([v]).broadcastTo(x.shape)));
  return bySigns.reduce((a, b) => a + b) / 12;
}

interface Point extends ChartPoint {
  readonly kind: Kind;
}

/** The ratio beside its prediction: at this N for the reduced form, as N → ∞ for the plain one. */
function ratioRow(kind: Kind, M: number, ratio: Estimate): Row {
  const [what, N] = [`risk ratio, ${kind}, M = ${M}`, samplesOf(kind)];
  if (kind.startsWith("plain")) {
    // What is neglected: with 1,500 replicates at N = 2000 at most 5d²/N of the ratio was found.
    return estimated(what, ratios[kind](M), ratio, (5 * d ** 2 * ratios[kind](M)) / N);
  }
  const kappa = kind.endsWith("Gaussian") ? d + 1 : d - 1;
  return estimated(what, exactRisk(N, kappa, M) / exactRisk(N, 0, 1), ratio);
}

function measure(context: LectureContext): Measured<readonly Point[]> {
  const N = samplesOf("implicit");
  const implicit = riskOf(context, context.losses.implicit(linearWithoutBias), N);
  const found = (Object.keys(ratios) as Kind[]).flatMap((kind) =>
    [1, 2, 4, 8].map((M) => {
      const risk = riskOf(context, objectiveOf(context, kind, M), samplesOf(kind));
      return { kind, M, ratio: scaled(risk, 1 / exactRisk(samplesOf(kind), 0, 1)) };
    }),
  );
  return {
    rows: [
      ...(Object.keys(ratios) as Kind[]).map((kind) =>
        exact(
          `gradient noise ÷ exact, d = 2, ${kind}`,
          ratios[kind](1, 2),
          gradientRatio(context, kind),
        ),
      ),
      estimated(`N·risk of implicit, N = ${N}`, N * exactRisk(N, 0, 1), scaled(implicit, N)),
      ...found.map(({ kind, M, ratio }) => ratioRow(kind, M, ratio)),
    ],
    data: found.map(({ kind, M, ratio }) => ({
      kind,
      x: M,
      y: ratio.value,
      error: ratio.standardError,
    })),
  };
}

const scaled = ({ value, standardError }: Estimate, by: number): Estimate => ({
  value: value * by,
  standardError: standardError * by,
});

/** The price of projections. */
export const equalQuality: Claim = defineClaim({
  name: "equal-quality",
  time: "28:35",
  title: "Equal quality",
  statement:
    "Fitted to the same data, sliced objectives are less precise than the exact one by a factor that falls to 1 " +
    "as 1/M; the reduced form with Rademacher directions loses least.",
  formula: "risk/risk of the exact objective = 1 + (d ∓ 1)/M plain, 1 + (d ∓ 1)/((d + 1)M) reduced",
  measure,
  code: [gradientRatio, exactRisk, objectiveOf, riskOf, ratioRow, measure],
  figures: (points) => [
    {
      svg: riskChart(points),
      caption:
        "N(0, I₅), linear score, 2000 samples (plain: 8000). Lines: predicted; marks: measured, with bars of four standard errors.",
    },
  ],
});

function riskChart(points: readonly Point[]): string {
  const styles = {
    "plain Gaussian": { line: "solid", mark: "circle", colour: "ink", labelAt: 14, lift: 18 },
    "plain Rademacher": {
      line: "dashed",
      mark: "square",
      colour: "sliced",
      labelAt: 30,
      lift: -26,
    },
    "reduced Gaussian": {
      line: "dash-dotted",
      mark: "triangle",
      colour: "denoising",
      labelAt: 1,
      lift: 20,
    },
    "reduced Rademacher": {
      line: "dotted",
      mark: "diamond2",
      colour: "sliced-reduced",
      labelAt: 12,
      lift: -48,
    },
  } as const;
  return drawChart("Risk ratio against the number of projections", {
    x: { label: "projections M", type: "log", ticks: [1, 2, 4, 8] },
    y: {
      label: "risk ÷ risk of the exact objective",
      type: "log",
      ticks: [1, 2, 3, 5, 7],
      domain: [0.75, 10],
    },
    right: 40,
    series: (Object.keys(styles) as Kind[]).flatMap((kind) => {
      const { mark, line, colour, labelAt, lift } = styles[kind];
      return [
        {
          points: curveOf(ratios[kind], 1, 8, { log: true }),
          line,
          colour,
          label: kind,
          labelAt,
          lift,
        },
        { points: points.filter((point) => point.kind === kind), mark, colour },
      ];
    }),
  });
}
