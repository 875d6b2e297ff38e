/** [16:04, 18:40] Denoising is not restricted to Gaussian noise; Tweedie's formula is. */

import { random, type Tensor, tensor } from "@cotangent/autodiff";
import type { NoiseKernel } from "@cotangent/losses";
import { gaussianMixture } from "@cotangent/training";
import { type ChartPoint, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured, type Row } from "../claim.ts";
import { estimate, estimated, exact } from "../estimate.ts";
import { integrateLine } from "../integrate.ts";
import { smallNetwork } from "../models.ts";

const p = gaussianMixture({
  means: [
    [-1, -1],
    [1, 0.5],
  ],
  weights: [0.3, 0.7],
  std: 0.3,
});
const [b, r, nu] = [0.4, 0.3, 4];
const points = [-2, 0, 2.5];

interface Curves {
  readonly truth: readonly ChartPoint[];
  readonly tweedie: readonly ChartPoint[];
}

/** Each kernel with ½E‖g‖² in two dimensions, the constant of its objective. */
function kernels({ losses }: LectureContext): readonly (readonly [NoiseKernel, number])[] {
  const covariance = [
    [0.3, 0.1],
    [0.1, 0.2],
  ];
  return [
    [losses.laplace(b), 1 / b ** 2],
    [losses.logistic(r), 1 / (3 * r ** 2)],
    [losses.studentT(nu, r), (nu + 1) / ((nu + 3) * r ** 2)],
    [losses.gaussianFull(covariance), 0.5 * (0.5 / (0.3 * 0.2 - 0.01))],
  ];
}

/** Densities of one coordinate of the noise, up to a constant, in plain arithmetic. */
const densities: readonly ((u: number) => number)[] = [
  (u) => Math.exp(-Math.abs(u) / b),
  (u) => Math.cosh(u / (2 * r)) ** -2,
  (u) => (1 + u ** 2 / (nu * r ** 2)) ** (-(nu + 1) / 2),
];

/** E[g] = 0, E[δg] = −1 and E g² = E‖g‖²/d by numerical integration over one coordinate. */
function identities(noise: NoiseKernel, density?: (u: number) => number): Row[] {
  if (density === undefined) return [];
  const g = (u: number) => noise.logDensityGradient(tensor([[u]])).item();
  const [mass, mean, slope, square] = integrateLine((u) => {
    const q = density(u);
    const gradient = g(u);
    return [q, q * gradient, q * u * gradient, q * gradient ** 2];
  }, 4) as [number, number, number, number];
  const closed = Number(noise.meanSquaredScore(1));
  return [
    exact(`${noise.name}: E[g]`, 0, mean / mass, 1e-10),
    exact(`${noise.name}: E[δg]`, -1, slope / mass, 1e-10),
    exact(`${noise.name}: E‖g‖²`, closed, square / mass, 1e-9 * closed),
  ];
}

/** Tweedie's formula under Laplace noise, against E[x | x̃], for data at three points. */
function failingTweedie({ losses }: LectureContext): Curves {
  const noise = losses.laplace(b);
  const curve = (f: (noisy: number, weights: readonly number[]) => number): ChartPoint[] =>
    Array.from({ length: 161 }, (_, i) => {
      const x = -4 + i * 0.05 + 1e-9;
      const weights = points.map((m) => Math.exp(-Math.abs(x - m) / b));
      const total = weights.reduce((a, c) => a + c, 0);
      return {
        x,
        y: f(
          x,
          weights.map((w) => w / total),
        ),
      };
    });
  const gradient = (u: number) => noise.logDensityGradient(tensor([[u]])).item();
  const mix = (weights: readonly number[], f: (m: number) => number): number =>
    points.reduce((sum, m, i) => sum + (weights[i] ?? 0) * f(m), 0);
  return {
    truth: curve((_, weights) => mix(weights, (m) => m)),
    // The variance of Laplace noise is 2b².
    tweedie: curve((x, weights) => x + 2 * b ** 2 * mix(weights, (m) => gradient(x - m))),
  };
}

function measure(context: LectureContext): Measured<Curves> {
  const { denoising, implicit } = context.losses;
  const { score, params } = smallNetwork(2, context.key);
  const all = kernels(context);
  const constants = all.map(([noise, constant]) => {
    const objective = denoising(score, { noise });
    const { difference } = estimate(context, (key) => {
      const x = p.sample(random.foldIn(key, 0), 2000);
      const draws = objective.draw(random.foldIn(key, 1), x);
      const onQ = implicit(score).perSample(params, x.add(draws.delta as Tensor), {});
      return { difference: objective.perSample(params, x, draws).sub(onQ).mean() };
    });
    return estimated(`${noise.name}: denoising − implicit on q`, constant, difference);
  });
  const curves = failingTweedie(context);
  const at = (x: number, curve: readonly ChartPoint[]): number =>
    curve[Math.round((x + 4) / 0.05)]?.y ?? Number.NaN;
  // Between two far points the densities' ratio is constant beyond them: E[x|x̃] is flat, Tweedie is not.
  const flat = at(3.5, curves.truth) - at(3, curves.truth);
  const moving = at(3.5, curves.tweedie) - at(3, curves.tweedie);
  return {
    rows: [
      ...all.flatMap(([noise], i) => identities(noise, densities[i])),
      ...constants,
      exact("Laplace: E[x | x̃] beyond the last point moves by", 0, flat),
      exact("Laplace: Tweedie’s formula moves by as much as x̃", 0.5, moving),
    ],
    data: curves,
  };
}

/** Other kernels. */
export const otherNoise: Claim = defineClaim({
  name: "other-noise",
  time: "16:04, 18:40",
  title: "Not restricted to Gaussian noise",
  statement:
    "Any noise with a smooth density serves: denoising equals the implicit objective on the noisy data plus " +
    "½E‖g‖², whatever the model. Tweedie’s formula, however, is for Gaussian noise only.",
  formula: "½E‖s(x̃) − g‖² = E_q[tr J + ½‖s‖²] + ½E‖g‖²,   g = ∇log q(x̃|x)",
  measure,
  code: [kernels, identities, measure, failingTweedie],
  figures: ({ truth, tweedie }) => [
    {
      svg: drawChart("Tweedie's formula under Laplace noise against the true posterior mean", {
        x: { label: "noisy point x̃ (data units)", domain: [-4, 4], ticks: [-4, -2, 0, 2, 4] },
        y: { label: "guess at x (data units)", domain: [-4.2, 4.2], ticks: [-4, -2, 0, 2, 4] },
        right: 24,
        series: [
          { points: truth, line: "solid", label: "E[x | x̃]", labelAt: 4, lift: 14 },
          {
            points: tweedie,
            line: "dashed",
            label: "x̃ + 2b²∇log q(x̃)",
            labelAt: 84,
            lift: -48,
            colour: "denoising",
          },
        ],
      }),
      caption:
        "Data at −2, 0 and 2.5 with Laplace noise, b = .4. Solid: the best guess; dashed: Tweedie’s formula with the noise’s variance, which is wrong almost everywhere.",
    },
  ],
});
