/**
 * Learning curves: Fisher divergence and loss, against steps and against seconds.
 *
 * Losses of different objectives differ by constants that no network changes. What is drawn is the
 * loss minus its floor, the value at the score that the objective aims at: in expectation a Fisher
 * divergence, so that all objectives share one axis. Batch losses are noisy: a running mean is drawn.
 */

import * as Plot from "@observablehq/plot";
import type { CompareResult, CurvePoint, ObjectiveRun } from "../compare/result.ts";
import { tickText } from "./numbers.ts";
import { colour } from "./palette.ts";
import { drawPlot } from "./plot.ts";

/** What runs along the horizontal axis. */
export type Abscissa = "step" | "seconds";

/** What is drawn upwards. */
export type Ordinate = "fisher" | "loss";

const titles = {
  fisher: "Fisher divergence",
  loss: "loss above its floor",
  step: "steps",
  seconds: "seconds",
} as const;

/** One chart with a line for each objective. */
export function curvesChart(result: CompareResult, y: Ordinate, x: Abscissa): string {
  const drawn = result.runs.map((run) => ({ run, points: series(run, y) }));
  const values = drawn.flatMap(({ points }) => points.slice(1).map(({ value }) => value));
  const zero = result.problem.zeroDivergence;
  const axis = y === "fisher" ? fisherAxis(values, zero) : lossAxis(values);
  return drawPlot(`${titles[y]} against ${titles[x]}`, {
    width: 460,
    height: 270,
    marginLeft: 46,
    marginRight: 14,
    marginTop: 28,
    marginBottom: 40,
    style: { fontSize: "12.5px", overflow: "visible" },
    x: { label: titles[x], labelAnchor: "right", ticks: 5, tickSize: 0, tickPadding: 8 },
    y: { type: axis.type, domain: axis.domain, clamp: true, axis: null },
    marks: [
      Plot.axisY(axis.ticks, {
        text: tickText,
        label: `↑ ${titles[y]}`,
        tickSize: 0,
        tickPadding: 8,
      }),
      Plot.gridY(axis.ticks, { stroke: colour("line"), strokeOpacity: 1 }),
      Plot.ruleY([y === "fisher" ? zero / 10 : 0], {
        stroke: colour("soft"),
        strokeDasharray: "3 3",
      }),
      ...drawn.map(({ run, points }) =>
        Plot.lineY(points, {
          x,
          y: "value",
          stroke: colour(run.name),
          strokeWidth: 1.7,
          strokeLinejoin: "round",
        }),
      ),
    ],
  });
}

interface Valued extends CurvePoint {
  readonly value: number;
}

function series(run: ObjectiveRun, y: Ordinate): Valued[] {
  const points = run.curve.map((point, index) => {
    if (y === "fisher") return { ...point, value: point.fisher };
    return { ...point, value: runningMean(run.curve, index) - run.lossFloor };
  });
  return points.filter(({ value }) => Number.isFinite(value));
}

/** The mean loss of the evaluations around one, fewer of them near the ends. */
function runningMean(curve: readonly CurvePoint[], index: number): number {
  const reach = Math.min(3, index, curve.length - 1 - index);
  const near = curve.slice(index - reach, index + reach + 1);
  return near.reduce((sum, { loss }) => sum + loss, 0) / near.length;
}

interface Axis {
  readonly type: "linear" | "log";
  readonly domain: [number, number];
  readonly ticks: number[];
}

/** Logarithmic, with ticks at 1, 2 and 5, to a little above the zero score. */
function fisherAxis(values: readonly number[], zero: number): Axis {
  const lowest = Math.min(zero / 10, ...values.filter((value) => value > 0));
  const domain: [number, number] = [lowest * 0.8, zero * 1.3];
  const ticks = [-4, -3, -2, -1, 0, 1, 2, 3]
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter((tick) => tick >= domain[0] && tick <= domain[1]);
  return { type: "log", domain, ticks };
}

/** Linear, cut where the first steps would flatten the rest. */
function lossAxis(values: readonly number[]): Axis {
  const ordered = [...values].sort((a, b) => a - b);
  const high = Math.max(ordered[Math.floor(ordered.length * 0.97)] ?? 1, 1e-9);
  const low = Math.min(0, ordered[0] ?? 0);
  const step = 10 ** Math.floor(Math.log10(high));
  const spacing = high / step > 5 ? 2 * step : high / step > 2 ? step : step / 2;
  const first = Math.ceil(low / spacing);
  const count = Math.floor(high / spacing) - first + 1;
  const ticks = Array.from({ length: count }, (_, k) => (first + k) * spacing);
  const room = high - low;
  return { type: "linear", domain: [low - 0.05 * room, high + 0.1 * room], ticks };
}
