// Derivatives by central differences of BigNumber functions: nothing is assumed but the function.
//
//   ∂f/∂xᵢ = (f(x + h eᵢ) − f(x − h eᵢ))/2h + O(h²),   h = 10⁻²⁰ |xᵢ|: 40 digits of 64 are left
//
// The bound of the project's law, k·u·(Σ|xᵢ ∂ᵢt| + Σ|t|) over the terms t that make a result, is computed
// here too: the terms of (J v)ᵣ are t = J_rc v_c, those of (Jᵀ u)_c are t = u_r J_rc.
import type { Graph } from "@cotangent/autodiff/functions";
import { type Big, exact, like } from "./big.ts";
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
const toBigs = (x: Vector): Big[] =>
  Array.from(x as ArrayLike<number | Big>, (xi) => (typeof xi === "number" ? exact(xi) : xi));

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
  const [map, x, v] = [mapOf(f), toBigs(point), toBigs(direction)];
  const largest = v.map((vi) => vi.abs()).reduce((a, b) => (b.gt(a) ? b : a), exact(0));
  if (largest.isZero()) return map(x).map((y) => like(y, 0));
  // One step for all coordinates, small beside the smallest that moves.
  const steps = x.flatMap((xi, i) => (v[i]!.isZero() || xi.isZero() ? [] : [stepAt(xi, 20)]));
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

/** A derivative, and the magnitude that its rounding error is relative to. */
export interface Truth {
  readonly value: Big;
  readonly bound: number;
}

/** First derivatives at a point with the sensitivities of their terms: what several directions share. */
export interface BigDerivatives {
  readonly jacobian: readonly (readonly Big[])[];
  /** sensitivity[r][c] = |J_rc| + Σᵢ |xᵢ ∂ᵢ J_rc| */
  readonly sensitivity: readonly (readonly number[])[];
}

/** J and its own derivatives: about 2n² evaluations of f for n inputs. */
export function bigDerivatives(f: Graph | BigMap, point: Vector): BigDerivatives {
  const [map, x] = [mapOf(f), toBigs(point)];
  const jacobian = bigJacobian(map, x);
  const sensitivity = jacobian.map((row) => row.map((entry) => entry.abs().toNumber()));
  x.forEach((xi, i) => {
    x.slice(0, i + 1).forEach((xc, c) => {
      const slopes = column((at) => column(map, at, c, 15), x, i, 15);
      slopes.forEach((second, r) => {
        sensitivity[r]![c]! += second.times(xi).abs().toNumber();
        if (i !== c) sensitivity[r]![i]! += second.times(xc).abs().toNumber();
      });
    });
  });
  return { jacobian, sensitivity };
}

/** (J v)ᵣ for every output r, each with Σ_c |t| + Σ_ci |xᵢ ∂ᵢt| over its terms t = J_rc v_c. */
export const truthOfJvp = (d: BigDerivatives, v: ArrayLike<number>): Truth[] =>
  d.jacobian.map((row, r) => ({
    value: row.map((entry, c) => entry.times(exact(v[c]!))).reduce((a, b) => a.plus(b), exact(0)),
    bound: row.reduce((total, _, c) => total + d.sensitivity[r]![c]! * Math.abs(v[c]!), 0),
  }));

/** (Jᵀ u)_c for every input c, each with the same over its terms t = u_r J_rc. */
export const truthOfVjp = (d: BigDerivatives, u: ArrayLike<number>, n: number): Truth[] =>
  Array.from({ length: n }, (_, c) => ({
    value: d.jacobian
      .map((row, r) => row[c]!.times(exact(u[r]!)))
      .reduce((a, b) => a.plus(b), exact(0)),
    bound: d.jacobian.reduce((sum, _, r) => sum + d.sensitivity[r]![c]! * Math.abs(u[r]!), 0),
  }));

/** Σ|xᵢ ∂ᵢt| + Σ|t| for each output of ∂f(point) · direction. */
export const bigBound = (
  f: Graph | BigMap,
  point: Vector,
  direction: ArrayLike<number>,
): number[] => truthOfJvp(bigDerivatives(f, point), direction).map(({ bound }) => bound);
