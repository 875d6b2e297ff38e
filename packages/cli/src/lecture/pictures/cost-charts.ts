/** Time, time in forward passes, and memory of a step against the dimension. */

import { drawChart, type Series } from "../charts.ts";
import type { Figure } from "../claim.ts";

/** One objective's measurements. */
export interface CostCurve {
  readonly name: string;
  readonly points: readonly {
    readonly d: number;
    readonly milliseconds: number;
    readonly megabytes: number;
  }[];
}

const styles: { readonly [name: string]: Pick<Series, "line" | "mark" | "colour"> } = {
  "implicit, d JVPs": { line: "solid", mark: "circle", colour: "ink" },
  "implicit, contraction": { line: "dash-dotted", mark: "diamond2", colour: "implicit" },
  sliced: { line: "dashed", mark: "square", colour: "sliced" },
  "sliced-reduced": { line: "dotted", mark: "triangle", colour: "sliced-reduced" },
  denoising: { line: "solid", mark: "times", colour: "denoising" },
  forward: { line: "dotted", colour: "soft" },
};

type Quantity = (
  point: CostCurve["points"][number],
  forward: CostCurve["points"][number],
) => number;

/** The three charts. */
export function costFigures(curves: readonly CostCurve[], dimensions: readonly number[]): Figure[] {
  const forward = curves.find(({ name }) => name === "forward")?.points ?? [];
  const chart = (
    label: string,
    y: string,
    ticks: readonly number[],
    f: Quantity,
    withForward: boolean,
  ): string => {
    const series = curves
      .filter(({ name }) => withForward || name !== "forward")
      .flatMap(({ name, points }) => {
        const drawn = points.map((point, i) => ({ x: point.d, y: f(point, forward[i] ?? point) }));
        return [{ points: drawn, ...styles[name] }, ...extrapolated(drawn, dimensions)];
      });
    const values = series.flatMap(({ points }) => points.map(({ y: value }) => value));
    const domain = [Math.min(...values) * 0.7, Math.max(...values) * 1.5] as const;
    return drawChart(label, {
      x: { label: "dimension d", type: "log", ticks: [2, 5, 10, 20, 50, 100, 200, 400, 1000] },
      y: {
        label: y,
        type: "log",
        domain,
        ticks: ticks.filter((t) => t >= domain[0] && t <= domain[1]),
      },
      right: 24,
      series,
    });
  };
  const note =
    "Loss and all parameter gradients of one step, network d–128–128–d, 128 rows, single precision, one thread. " +
    `${legend(curves)} Long dashes: extrapolated, linear in d.`;
  return [
    {
      svg: chart(
        "Time of a step against dimension",
        "time of a step (ms)",
        [0.1, 1, 10, 100, 1000, 1e4],
        (p) => p.milliseconds,
        true,
      ),
      caption: note,
    },
    {
      svg: chart(
        "Time in forward passes against dimension",
        "time of a step (forward passes)",
        [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
        (p, one) => p.milliseconds / one.milliseconds,
        false,
      ),
      caption: "The same times divided by the time of one forward pass at the same d.",
    },
    {
      svg: chart(
        "Memory against dimension",
        "memory of a step (MiB)",
        [0.1, 1, 10, 100, 1000, 1e4],
        (p) => p.megabytes,
        true,
      ),
      caption: "What the compiled step holds: arguments, results and everything between.",
    },
  ];
}

const marks: { readonly [mark: string]: string } = {
  circle: "●",
  diamond2: "◆",
  square: "■",
  triangle: "▲",
  times: "×",
};

function legend(curves: readonly CostCurve[]): string {
  return `${curves
    .map(({ name }) => `${marks[styles[name]?.mark ?? ""] ?? "···"} ${name}`)
    .join(", ")}.`;
}

/** On from the last point, in proportion to d, to the last dimension. */
function extrapolated(
  points: readonly { readonly x: number; readonly y: number }[],
  dimensions: readonly number[],
): Series[] {
  const [last, end] = [points.at(-1), dimensions.at(-1)];
  if (last === undefined || end === undefined || last.x >= end) return [];
  const to = { x: end, y: (last.y * end) / last.x };
  return [{ points: [last, to], line: "dashed", label: "extrapolated", labelAt: 0, lift: -18 }];
}
