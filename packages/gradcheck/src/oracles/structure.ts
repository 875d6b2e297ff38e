// The primitives that move, pick, sum or multiply elements, from their definitions.
//
//   y[index] = an expression in x[…]
import type { DType, Params, Shape } from "@cotangent/autodiff/functions";
import { type BigArray, broadcastAt, build, elementAt, indicesOf, positionOf } from "./arrays.ts";
import { type Big, like } from "./big.ts";
import { threefryBlock } from "./threefry.ts";

/** What a definition knows of its output; `zero` has the digits to compute with. */
export interface BigOutput {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly zero: Big;
}
/** The elements of a primitive's output, row-major. */
export type Definition = (
  inputs: readonly BigArray[],
  output: BigOutput,
  params: Params,
) => readonly Big[];

/** A primitive whose every element is one of its input's. */
const moved =
  <P>(
    source: (index: readonly number[], params: P, x: BigArray) => readonly number[],
  ): Definition =>
  ([x], { shape }, params) =>
    build(shape, (index) => elementAt(x!, source(index, params as P, x!)));

/** The elements of x that make each element of a reduction. */
const rows = (x: BigArray, shape: Shape, axes: readonly number[]): Big[][] => {
  const made = indicesOf(shape).map((): Big[] => []);
  for (const index of indicesOf(x.shape)) {
    const kept = index.filter((_, axis) => !axes.includes(axis));
    made[positionOf(shape, kept)]!.push(elementAt(x, index));
  }
  return made;
};
const reduction =
  (fold: (row: readonly Big[], zero: Big) => Big): Definition =>
  ([x], { shape, zero }, { axes }) =>
    rows(x!, shape, axes as readonly number[]).map((row) => fold(row, zero));

const add = (a: Big, b: Big) => a.plus(b);
/** NaN is above everything. */
const isAbove = (a: Big, b: Big) => !b.isNaN() && (a.isNaN() || a.gt(b));
const argmax = (row: readonly Big[]) =>
  row.reduce((best, x, i) => (isAbove(x, row[best]!) ? i : best), 0);

/** A float keeps its value; integers are truncated and wrap modulo 2³²; bool is x ≠ 0. */
export function toDtype(x: Big, dtype: DType): Big {
  if (dtype === "f64" || dtype === "f32") return x;
  if (dtype === "bool") return like(x, Number(!x.isZero()));
  const word = x.isFinite() ? x.trunc().mod(2 ** 32) : like(x, 0);
  return dtype === "i32" && word.gte(2 ** 31) ? word.minus(2 ** 32) : word;
}

interface Part {
  readonly start: readonly number[];
  readonly step: readonly number[];
}
const placeOf = (index: readonly number[], { start, step }: Part) =>
  index.map((i, axis) => start[axis]! + i * step[axis]!);

/** [row of x, element within the row] for each element of a gather, in parts that count apart. */
function gathered(index: BigArray, members: number, length: number): number[] {
  const each = index.data.length / members;
  return index.data.map((i, j) => Math.floor(j / each) * length + i.toNumber());
}

/** Both operands as stacks of matrices; `index` of the product gives [batch…, row, column]. */
function product([x, w]: readonly BigArray[], { shape, zero }: BigOutput): Big[] {
  const left = x!.shape.length === 1 ? { ...x!, shape: [1, ...x!.shape] } : x!;
  const right = w!.shape.length === 1 ? { ...w!, shape: [...w!.shape, 1] } : w!;
  const depth = left.shape.at(-1)!;
  return build(shape, (given) => {
    const index = [...given];
    const column = right === w ? index.pop()! : 0;
    const row = left === x ? index.pop()! : 0;
    const at = (m: BigArray, i: number, j: number) => broadcastAt(m, [...index, i, j]);
    const terms = Array.from({ length: depth }, (_, k) =>
      at(left, row, k).times(at(right, k, column)),
    );
    return terms.reduce(add, zero);
  });
}

export const structure: Readonly<Record<string, Definition>> = {
  reshape: ([x]) => x!.data,
  broadcastTo: ([x], { shape }) => build(shape, (index) => broadcastAt(x!, index)),
  permute: moved<{ axes: number[] }>((index, { axes }) =>
    index.map((_, axis) => index[axes.indexOf(axis)]!),
  ),
  slice: moved<Part>(placeOf),
  pad([x], { shape, zero }, params) {
    const y = indicesOf(shape).map(() => zero);
    for (const index of indicesOf(x!.shape))
      y[positionOf(shape, placeOf(index, params as unknown as Part))] = elementAt(x!, index);
    return y;
  },
  concat(inputs, { shape }, params) {
    const axis = params.axis as number;
    const starts = inputs.map((_, i) =>
      inputs.slice(0, i).reduce((sum, x) => sum + x.shape[axis]!, 0),
    );
    return build(shape, (index) => {
      // The last input that starts at or before the index; empty ones start where the next does.
      const i = starts.findLastIndex((start) => start <= index[axis]!);
      return elementAt(inputs[i]!, index.with(axis, index[axis]! - starts[i]!));
    });
  },
  sum: reduction((row, zero) => row.reduce(add, zero)),
  max: reduction((row) => row[argmax(row)]!),
  argmax: reduction((row, zero) => like(zero, argmax(row))),
  cumsum([x], { shape, zero }, { axis, reverse }) {
    const at = axis as number;
    return build(shape, (index) =>
      Array.from({ length: shape[at]! }, (_, i) => i)
        .filter((i) => (reverse ? i >= index[at]! : i <= index[at]!))
        .map((i) => elementAt(x!, index.with(at, i)))
        .reduce(add, zero),
    );
  },
  argsort([x], { shape, zero }) {
    const length = shape.at(-1)!;
    return x!.data.map((_, k) => {
      const row = x!.data.slice(k - (k % length), k - (k % length) + length);
      const order = [...row.keys()].sort((i, j) =>
        isAbove(row[i]!, row[j]!) ? 1 : isAbove(row[j]!, row[i]!) ? -1 : i - j,
      );
      return like(zero, order[k % length]!);
    });
  },
  gather([x, index], { shape }, { members }) {
    const own = x!.shape.slice(1);
    const from = gathered(index!, members as number, x!.shape[0]! / (members as number));
    return build(shape, (at) => {
      const j = positionOf(index!.shape, at.slice(0, index!.shape.length));
      return elementAt(x!, [from[j]!, ...at.slice(at.length - own.length)]);
    });
  },
  scatterAdd([y, index], { shape, zero }, { members, length }) {
    const x = indicesOf(shape).map(() => zero);
    const to = gathered(index!, members as number, length as number);
    for (const at of indicesOf(y!.shape)) {
      const rank = index!.shape.length;
      const place = positionOf(shape, [
        to[positionOf(index!.shape, at.slice(0, rank))]!,
        ...at.slice(rank),
      ]);
      x[place] = x[place]!.plus(elementAt(y!, at));
    }
    return x;
  },
  matmul: product,
  astype: ([x], { dtype }) => x!.data.map((value) => toDtype(value, dtype)),
  where: ([c, x, y], { shape }) =>
    build(shape, (index) => broadcastAt(broadcastAt(c!, index).isZero() ? y! : x!, index)),
  threefry([key, counter], { shape, zero }, { blocks }) {
    const word = (x: BigArray, row: readonly number[], i: number) =>
      BigInt(broadcastAt(x, [...row, i]).toNumber());
    return indicesOf(shape.slice(0, -1)).flatMap((row) =>
      Array.from({ length: blocks as number }, (_, j) => {
        const [k0, k1] = [word(key!, row, 0), word(key!, row, 1)];
        return threefryBlock(k0, k1, word(counter!, row, 0) + BigInt(j), word(counter!, row, 1));
      })
        .flat()
        .map((bits) => like(zero, Number(bits))),
    );
  },
};
