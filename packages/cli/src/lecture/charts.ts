/**
 * The lecture's charts: predictions as lines, measurements as marks with bars of four standard errors.
 *
 * Series differ in dash, mark and a label of their own beside their end, so that a chart reads the
 * same in grey; colours only repeat it.
 */

import * as Plot from "@observablehq/plot";
import { tickText as plainTick } from "../report/numbers.ts";
import { colour } from "../report/palette.ts";
import { drawPlot } from "../report/plot.ts";

/** A place of a series; `error` is its standard error. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly error?: number;
}

/** A line, or marks; `label` stands at its last point, or at the one of that index. */
export interface Series {
  readonly label?: string;
  readonly labelAt?: number;
  /** Pixels by which the label is moved up. */
  readonly lift?: number;
  readonly points: readonly ChartPoint[];
  readonly line?: "solid" | "dashed" | "dotted" | "dash-dotted";
  readonly mark?: (Plot.Marker & ("circle" | "dot")) | "square" | "triangle" | "diamond2" | "times";
  readonly colour?: string;
}

/** An axis: what it shows, with its unit. */
export interface ChartAxis {
  readonly label: string;
  readonly type?: "linear" | "log";
  readonly domain?: readonly [number, number];
  readonly ticks?: readonly number[];
}

/** What a chart draws. */
export interface Chart {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly Series[];
  /** Room for labels on the right, in pixels. */
  readonly right?: number;
  /** Horizontal lines at these heights. */
  readonly rules?: readonly number[];
}

const dashes = {
  solid: "none",
  dashed: "6 4",
  dotted: "1.5 4",
  "dash-dotted": "8 4 1.5 4",
} as const;
const chartSize = { width: 520, height: 360 } as const;

/** Draws a chart; `label` is what a screen reader says of it. */
export function drawChart(label: string, { x, y, series, right = 90, rules = [] }: Chart): string {
  return drawPlot(label, {
    ...chartSize,
    marginLeft: 68,
    marginRight: right,
    marginTop: 30,
    marginBottom: 52,
    style: { fontSize: "16px", overflow: "visible" },
    x: { ...scaleOf(x), axis: null },
    y: { ...scaleOf(y), axis: null },
    marks: [
      Plot.gridY(ticksOf(y), { stroke: colour("line"), strokeOpacity: 1 }),
      Plot.axisX(ticksOf(x), { ...axisOptions(x), labelAnchor: "center", labelOffset: 44 }),
      Plot.axisY(ticksOf(y), { ...axisOptions(y), label: `↑ ${y.label}`, labelAnchor: "top" }),
      Plot.ruleY(rules, { stroke: colour("soft"), strokeDasharray: "2 3" }),
      ...series.flatMap(marksOf),
    ],
  });
}

function scaleOf({ type = "linear", domain }: ChartAxis): Plot.ScaleOptions {
  return { type, ...(domain === undefined ? {} : { domain: [...domain] }) };
}

function axisOptions({ label }: ChartAxis): Plot.AxisXOptions & Plot.AxisYOptions {
  return { label, tickSize: 0, tickPadding: 8, text: tickText, labelArrow: "none" };
}

/** A tick without superfluous digits: 0.05, 100, 10⁴. Drawings keep two decimals. */
function tickText(tick: number): string {
  const power = Math.log10(Math.abs(tick));
  const isFar = tick !== 0 && (power >= 4 || power <= -3);
  return isFar ? scientific(tick).replace("-", "−") : plainTick(tick);
}

function scientific(tick: number): string {
  const [digits = "", power = ""] = tick.toExponential().split("e");
  const raised = String(Number(power)).replace(/./g, (c) =>
    c === "-" ? "⁻" : ("⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? ""),
  );
  return `${digits === "1" ? "" : `${digits}·`}10${raised}`;
}

/** The ticks given, or those that Plot chooses. */
function ticksOf({ ticks }: ChartAxis): number[] {
  return ticks === undefined ? (undefined as unknown as number[]) : [...ticks];
}

function marksOf({
  label,
  labelAt,
  lift = 0,
  points,
  line,
  mark,
  colour: name = "ink",
}: Series): Plot.Markish[] {
  const stroke = colour(name);
  const drawn = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const labelled = drawn[labelAt ?? drawn.length - 1];
  const bars = drawn.filter(({ error = 0 }) => error > 0);
  return [
    line === undefined
      ? null
      : Plot.line(drawn, {
          x: "x",
          y: "y",
          stroke,
          strokeWidth: 1.8,
          strokeDasharray: dashes[line],
        }),
    Plot.ruleX(bars, {
      x: "x",
      y1: (p: ChartPoint) => p.y - 4 * (p.error ?? 0),
      y2: (p: ChartPoint) => p.y + 4 * (p.error ?? 0),
      stroke,
      strokeWidth: 1.3,
    }),
    mark === undefined
      ? null
      : Plot.dot(drawn, {
          x: "x",
          y: "y",
          symbol: mark,
          r: 4,
          fill: colour("card"),
          stroke,
          strokeWidth: 1.6,
        }),
    label === undefined || labelled === undefined
      ? null
      : Plot.text([labelled], {
          x: "x",
          y: "y",
          text: () => label,
          textAnchor: "start",
          dx: 9,
          dy: -lift,
          fill: stroke,
          stroke: colour("card"),
          strokeWidth: 4,
        }),
  ];
}

/** Points of a function at `count` places from low to high, evenly, or evenly in the logarithm. */
export function curveOf(
  f: (x: number) => number,
  low: number,
  high: number,
  { count = 80, log = false }: { readonly count?: number; readonly log?: boolean } = {},
): ChartPoint[] {
  return Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    const x = log ? low * (high / low) ** share : low + (high - low) * share;
    return { x, y: f(x) };
  });
}
