// Derivatives by central differences of BigNumber functions: nothing is assumed but the function.
//
//   ∂f/∂xᵢ = (f(x + h eᵢ) − f(x − h eᵢ))/2h + O(h²),   h = 10⁻²⁰ |xᵢ|: 40 digits of 64 are left
//
// A kink gives the mean of its two slopes.
import type { Graph } from "@cotangent/autodiff/functions";
import { type Big, exact, like, standardDigits } from "./big.ts";
import { bigEvaluate, type Definitions } from "./evaluate.ts";

/** A function between flat vectors. */
export type BigMap = (x: readonly Big[]) => Big[];

/** A graph with float inputs as a function between flat vectors, all inputs and all outputs end to end. */
export function bigMap(graph: Graph, own?: Definitions): BigMap {
  const sizes = graph.inputs.map(({ shape }) => shape.reduce((size, length) => size * length, 1));
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  return (x) => {
    const inputs = sizes.map((size, i) => x.slice(starts[i], starts[i]! + size));
    return bigEvaluate(graph, inputs, own).flat();
  };
}

/** A flat vector of doubles, or of Bigs. */
export type Vector = ArrayLike<number> | readonly Big[];
const toBigs = (x: Vector, digits = standardDigits): Big[] =>
  Array.from(x as ArrayLike<number | Big>, (xi) =>
    typeof xi === "number" ? exact(xi, digits) : xi,
  );

const subtract = (a: readonly Big[], b: readonly Big[]) => a.map((ai, i) => ai.minus(b[i]!));
const shift = (x: readonly Big[], i: number, h: Big) => x.with(i, x[i]!.plus(h));

/** 10^−digits relative to |x|, or absolute where x is 0 or so small that h would drown f in rounding. */
function stepAt(x: Big, digits: number): Big {
  const scale = x.abs();
  return like(x, 10)
    .pow(-digits)
    .times(scale.gt(1e-12) ? scale : 1e-12);
}

const mapOf = (f: Graph | BigMap): BigMap => (typeof f === "function" ? f : bigMap(f));

/** ∂f(x)/∂xᵢ of all outputs. */
function column(f: BigMap, x: readonly Big[], i: number, digits: number): Big[] {
  const h = stepAt(x[i]!, digits);
  const rise = subtract(f(shift(x, i, h)), f(shift(x, i, h.neg())));
  return rise.map((y) => y.div(h.times(2)));
}

/** ∂f(point) · direction of all outputs, end to end. */
export function bigJvp(f: Graph | BigMap, point: Vector, direction: Vector): Big[] {
  // As many more digits as the smallest coordinate has zeros.
  const sizes = Array.from(point as ArrayLike<number | Big>, (xi) => Math.abs(Number(xi)) || 1);
  const zeros = Math.ceil(-12 - Math.log10(Math.min(...sizes, 1)));
  const x = toBigs(point, standardDigits + Math.max(zeros, 0));
  const [map, v] = [mapOf(f), toBigs(direction)];
  const largest = v.map((vi) => vi.abs()).reduce((a, b) => (b.gt(a) ? b : a), exact(0));
  if (largest.isZero()) return map(x).map((y) => like(y, 0));
  // One step for all coordinates, small beside the smallest that moves.
  const steps = x.flatMap((xi, i) =>
    v[i]!.isZero() || xi.isZero() ? [] : [xi.abs().times(1e-20)],
  );
  const h = steps.reduce((a, b) => (b.lt(a) ? b : a), exact(1e-20)).div(largest);
  const at = (sign: number) => map(x.map((xi, i) => xi.plus(h.times(v[i]!).times(sign))));
  return subtract(at(1), at(-1)).map((y) => y.div(h.times(2)));
}

/** The Jacobian, one row an output. */
export function bigJacobian(f: Graph | BigMap, point: Vector): Big[][] {
  const [map, x] = [mapOf(f), toBigs(point)];
  const columns = x.map((_, i) => column(map, x, i, 20));
  return map(x).map((_, r) => columns.map((c) => c[r]!));
}
