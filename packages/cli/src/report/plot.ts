/**
 * Observable Plot in Node: draws a plot to SVG text.
 *
 * linkedom supplies the document that Plot writes into. Called by every figure of the report.
 */

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Interval } from "../compare/result.ts";
import { compactSvg } from "./compact.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** Draws a plot as an accessible SVG string: `label` is what a screen reader says of it. */
export function drawPlot(label: string, options: Plot.PlotOptions): string {
  const element = Plot.plot({ ...options, document: document as unknown as Document });
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  element.removeAttribute("font-family");
  return compactSvg(element.outerHTML);
}

/** Options of a square panel with equal axes: the two intervals must be equally long. */
export function squarePanel(x: Interval, y: Interval, size: number): Plot.PlotOptions {
  return {
    width: size,
    height: size,
    margin: 0,
    x: { domain: [...x], axis: null },
    y: { domain: [...y], axis: null },
    style: { overflow: "hidden" },
  };
}

/** Draws `content` under everything else of a drawing. */
export function underlay(svg: string, content: string): string {
  return svg.replace(/^<svg[^>]*>/, (opening) => opening + content);
}
