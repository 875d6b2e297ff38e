// The same real numbers by fewer or other roundings: correct, but not always to the bit.
//
//   Σ(Σ x) = Σ x over both sets of axes      Σ of a broadcast = n·Σ      x² = x·x, rounded once
//   (x·c)·2ᵏ = x·(c·2ᵏ)      Σ x·2ᵏ = 2ᵏ·Σ x      the same bits, unless they leave the range of numbers
//   products of what repeats: repeats.ts
import type { Atom, Graph, Tensor } from "@cotangent/autodiff";
import { equalFactors, equalRows } from "./repeats.ts";
import {
  constantValue,
  firstOf,
  isFloat,
  isPowerOfTwo,
  type Rewriter,
  type Rule,
  rewrite,
  scalar,
} from "./rewrite.ts";

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
  if (!from || !isFloat(from.dtype)) return null;
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

/** The constant factor of a product. */
function factor(atom: Atom, at: Rewriter): { x: Atom; c: Tensor; value: number } | null {
  const [x, c] = at.madeBy(atom, "mul")?.inputs ?? [];
  const value = constantValue(c);
  return value === undefined || !isFloat(atom.dtype) || c!.shape.length > 0
    ? null
    : { x: x!, c: c as Tensor, value };
}

/** Two constant factors, one a power of two, whose product is a normal number in f32 too. */
const scaledTwice: Rule = ({ inputs: [x, c] }, at) => {
  const value = constantValue(c);
  const inner = value === undefined || c!.shape.length > 0 ? null : factor(x!, at);
  if (!inner || !(isPowerOfTwo(value!) || isPowerOfTwo(inner.value))) return null;
  const product = inner.value * value!;
  const isNormal = Math.abs(Math.log2(Math.abs(product))) <= 100;
  return isNormal ? [at.apply("mul", [inner.x, scalar(product, c!.dtype)])] : null;
};

/** Positive ones only: a sum that is 0 is +0. */
const sumOfScaled: Rule = ({ inputs: [x], params }, at) => {
  const inner = factor(x!, at);
  if (!inner || inner.value < 0 || !isPowerOfTwo(inner.value)) return null;
  return [at.apply("mul", [at.apply("sum", [inner.x], params), inner.c])];
};

const rules: Readonly<Record<string, readonly Rule[]>> = {
  sum: [sumOfSum, sumOfBroadcast, sumOfScaled],
  mul: [scaledTwice],
  matmul: [equalRows, equalFactors],
  pow: [
    squared,
    ({ inputs: [x, y], outputs }) =>
      constantValue(y) === 1 && `${x!.shape}` === `${outputs[0]!.shape}` ? [x!] : null,
  ],
};

export const reassociate = (graph: Graph): Graph => rewrite(graph, firstOf(rules));
