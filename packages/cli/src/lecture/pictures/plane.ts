/**
 * Drawings in the plane: a density as shaded contours, arrows and dots over it, with labelled axes.
 *
 * All panels of one figure share their window and the scale of their arrows.
 */

import * as Plot from "@observablehq/plot";
import type { Interval, Point } from "../../compare/result.ts";
import { colour } from "../../report/palette.ts";
import { drawPlot } from "../../report/plot.ts";

/** The visible part of the plane. */
export interface Window {
  readonly x: Interval;
  readonly y: Interval;
}

/** A density on a regular grid of midpoints: values[row * columns + column], row 0 at low y. */
export interface Shading {
  readonly columns: number;
  readonly rows: number;
  readonly values: readonly number[];
}

/** What lies over the density. */
export interface Overlay {
  readonly arrows?: readonly { readonly from: Point; readonly by: Point }[];
  readonly dots?: readonly Point[];
  readonly crosses?: readonly Point[];
  /** Pixels a unit of an arrow takes; absent: arrows end at from + by, in data units. */
  readonly arrowScale?: number;
}

const levels = [0.01, 0.08, 0.25, 0.5, 0.75];
const panel = { width: 380, height: 380, left: 50, bottom: 46, other: 10 } as const;

/** The midpoints of a grid over the window, row by row from the low end of y. */
export function midpoints({ x, y }: Window, columns: number, rows: number): Point[] {
  const at = ([low, high]: Interval, k: number, count: number): number =>
    low + ((high - low) * (k + 0.5)) / count;
  return Array.from({ length: columns * rows }, (_, i): Point => {
    const column = i % columns;
    return [at(x, column, columns), at(y, (i - column) / columns, rows)];
  });
}

/** One panel; its axes are data coordinates. */
export function drawPlane(
  label: string,
  { x, y }: Window,
  shading: Shading,
  { arrows = [], dots = [], crosses = [], arrowScale }: Overlay,
): string {
  const highest = shading.values.reduce((a, b) => Math.max(a, b), 0);
  const axis = { tickSize: 0, tickPadding: 6, ticks: 5, labelArrow: "none" } as const;
  const ends = arrows.map(({ from, by }) => ({
    x1: from[0],
    y1: from[1],
    x2: from[0] + by[0] * (arrowScale ?? 1),
    y2: from[1] + by[1] * (arrowScale ?? 1),
  }));
  return drawPlot(label, {
    width: panel.width,
    height: panel.height,
    marginLeft: panel.left,
    marginBottom: panel.bottom,
    marginTop: panel.other,
    marginRight: panel.other,
    style: { fontSize: "15px", overflow: "hidden" },
    x: { domain: [...x], axis: null },
    y: { domain: [...y], axis: null },
    marks: [
      ...levels.map((level, i) =>
        Plot.contour(shading.values as number[], {
          width: shading.columns,
          height: shading.rows,
          x1: x[0],
          x2: x[1],
          y1: y[0],
          y2: y[1],
          thresholds: [level * highest],
          fill: colour(`density${i + 1}`),
          stroke: "none",
        }),
      ),
      Plot.frame({ stroke: colour("line") }),
      Plot.axisX({ ...axis, label: "x₁ (data units)", labelAnchor: "center", labelOffset: 42 }),
      Plot.axisY({ ...axis, label: "x₂ (data units)", labelAnchor: "center", labelOffset: 42 }),
      Plot.dot(dots, { x: "0", y: "1", r: 1.3, fill: colour("ink") }),
      Plot.arrow(ends, {
        x1: "x1",
        y1: "y1",
        x2: "x2",
        y2: "y2",
        stroke: colour("ink"),
        strokeWidth: 1.2,
        headLength: 5,
      }),
      Plot.dot(crosses, {
        x: "0",
        y: "1",
        symbol: "times",
        r: 6,
        stroke: colour("ink"),
        strokeWidth: 2.4,
      }),
    ],
  });
}
