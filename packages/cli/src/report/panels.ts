/**
 * The plane's panels: density, samples and vector fields, all in one window with equal axes.
 *
 * An arrow points along the score, and its length grows with the square root of the magnitude, on
 * one scale for all fields. A learned arrow is coloured by its error ‖s − ∇log p‖ in four classes.
 */

import * as Plot from "@observablehq/plot";
import type { Point, Problem } from "../compare/result.ts";
import { colour } from "./palette.ts";
import { drawPlot, squarePanel, underlay } from "./plot.ts";

/** The errors ‖s − ∇log p‖ at which an arrow's colour changes, in units of the score. */
export const errorThresholds: readonly number[] = [0.5, 1, 2];

/** The fractions of the highest density at which the shading changes. */
const densityLevels = [0.005, 0.05, 0.2, 0.4, 0.6, 0.8];

/** The data density as shaded contours. */
export function densityPanel({ density, x, y }: Problem, size: number): string {
  const highest = density.values.reduce((a, b) => Math.max(a, b), 0);
  return drawPlot("Contours of the data density", {
    ...squarePanel(x, y, size),
    marks: densityLevels.map((level, index) =>
      Plot.contour(density.values as number[], {
        width: density.columns,
        height: density.rows,
        x1: x[0],
        x2: x[1],
        y1: y[0],
        y2: y[1],
        thresholds: [level * highest],
        fill: colour(`density${index}`),
        stroke: "none",
      }),
    ),
  });
}

/** The density once for a whole document; panels refer to it, so draw it before them, at their size. */
export function densityDefinition(problem: Problem, size: number): string {
  const contours = densityPanel(problem, size).replace(/^<svg[^>]*>|<\/svg>$/g, "");
  return `<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><g id="density">${contours}</g></defs></svg>`;
}

const faintDensity = '<use href="#density" opacity="0.55"/>';

/** Samples as dots over a faint density. */
export function samplesPanel(problem: Problem, samples: readonly Point[], size: number): string {
  const inside = samples.filter(([x, y]) => within(x, problem.x) && within(y, problem.y));
  const drawing = drawPlot(`${samples.length} samples over the data density`, {
    ...squarePanel(problem.x, problem.y, size),
    marks: [
      Plot.dot(inside, { x: "0", y: "1", r: 1, stroke: colour("point"), strokeOpacity: 0.75 }),
    ],
  });
  return underlay(drawing, faintDensity);
}

/** A vector field over a faint density, coloured by its distance from the true field. */
export function fieldPanel(problem: Problem, field: readonly Point[], size: number): string {
  const longest = Math.max(...problem.trueField.map(([u, v]) => Math.hypot(u, v)));
  const classes: Arrow[][] = Array.from({ length: errorThresholds.length + 1 }, () => []);
  problem.fieldPoints.forEach(([x, y], index) => {
    const [u, v] = field[index] ?? [0, 0];
    const [trueU, trueV] = problem.trueField[index] ?? [0, 0];
    const error = Math.hypot(u - trueU, v - trueV);
    const group = errorThresholds.filter((threshold) => error > threshold).length;
    classes[group]?.push({ x, y, length: Math.hypot(u, v), rotate: headingOf(u, v) });
  });
  const drawing = drawPlot("Score field drawn as arrows", {
    ...squarePanel(problem.x, problem.y, size),
    length: { type: "sqrt", domain: [0, longest], range: [0, size / 19], clamp: true },
    marks: classes.map((arrows, group) =>
      Plot.vector(arrows, {
        x: "x",
        y: "y",
        length: "length",
        rotate: "rotate",
        anchor: "middle",
        stroke: colour(`error${group}`),
        strokeWidth: 1.1,
      }),
    ),
  });
  return underlay(drawing, faintDensity);
}

interface Arrow {
  readonly x: number;
  readonly y: number;
  readonly length: number;
  readonly rotate: number;
}

/** Degrees clockwise from the upward direction, as Plot wants them. */
function headingOf(u: number, v: number): number {
  return (Math.atan2(u, v) * 180) / Math.PI;
}

function within(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
