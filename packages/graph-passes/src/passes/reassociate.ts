// The same real numbers by fewer roundings: correct, but not to the bit.
//
//   Σ(Σ x) = Σ x over both sets of axes      Σ of a broadcast = n·Σ      x² = x·x, rounded once
//
// NaN and ±∞ come out the same, and a sum that is finite and does not overflow on the way stays so.
import type { Graph } from "@cotangent/autodiff";
import { constantValue, firstOf, type Rule, rewrite, scalar } from "./rewrite.ts";

interface Axes {
  readonly axes: readonly number[];
}

const sumOfSum: Rule = ({ inputs: [x], params }, at) => {
  const inner = at.madeBy(x!, "sum");
  if (!inner) return null;
  const [from] = inner.inputs;
  const first = (inner.params as unknown as Axes).axes;
  const left = from!.shape.map((_, axis) => axis).filter((axis) => !first.includes(axis));
  const second = (params as unknown as Axes).axes.map((axis) => left[axis]!);
  return [at.apply("sum", [from!], { axes: [...first, ...second].sort((a, b) => a - b) })];
};

/** Summing along a broadcast axis multiplies by its length. */
const sumOfBroadcast: Rule = ({ inputs: [x], params }, at) => {
  const from = at.madeBy(x!, "broadcastTo")?.inputs[0];
  if (!from || (from.dtype !== "f64" && from.dtype !== "f32")) return null;
  const { axes } = params as unknown as Axes;
  const isStretched = (axis: number) => from.shape[axis] !== x!.shape[axis];
  const count = axes.filter(isStretched).reduce((n, axis) => n * x!.shape[axis]!, 1);
  if (!axes.some(isStretched) || count === 0) return null;
  const kept = x!.shape
    .with(0, x!.shape[0]!)
    .map((length, axis) => (axes.includes(axis) ? from.shape[axis]! : length));
  const sum = at.apply("sum", [at.apply("broadcastTo", [from], { shape: kept })], { axes });
  return [at.apply("mul", [sum, scalar(count, from.dtype)])];
};

const squared: Rule = ({ inputs: [x, y] }, at) => {
  const isSame = y!.shape.length === 0 || `${y!.shape}` === `${x!.shape}`;
  return isSame && constantValue(y) === 2 ? [at.apply("mul", [x!, x!])] : null;
};

const rules: Readonly<Record<string, readonly Rule[]>> = {
  sum: [sumOfSum, sumOfBroadcast],
  pow: [
    squared,
    ({ inputs: [x, y], outputs }) =>
      constantValue(y) === 1 && `${x!.shape}` === `${outputs[0]!.shape}` ? [x!] : null,
  ],
};

export const reassociate = (graph: Graph): Graph => rewrite(graph, firstOf(rules));
