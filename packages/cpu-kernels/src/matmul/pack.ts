// Packing: operands in the order in which the micro-kernel reads them, so that it walks memory forward.
//
//   right: panels of `width` columns, each [depth][width], the last one as wide as whole vectors need and zero beyond
//   left:  tiles of `height` rows, each [depth][height], the last one of the rows that remain
//
// Source: Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication", section 5.

import {
  call,
  type Expr,
  type FunctionRef,
  forRange,
  i32,
  ifThen,
  type ModuleBuilder,
  op,
  set,
} from "../wasm/index.ts";
import { minus, plus, times } from "./address.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { copyRows, copyStrided, copyTransposed } from "./copy.ts";
import type { Product } from "./product.ts";

/** The columns of the last panel, and what they take. */
export function edgeOf(
  columns: number,
  width: number,
  lanes: number,
): [count: number, padded: number] {
  const count = columns % width;
  return [count, Math.ceil(count / lanes) * lanes];
}

/** Bytes of the packed right operand. */
export function packedBytes({ depth, columns }: Product, v: Arithmetic, width: number): number {
  const [count, padded] = edgeOf(columns, width, v.lanes);
  return depth * (columns - count + padded) * v.bytes;
}

/** (right, packed) */
export function packRight(
  m: ModuleBuilder,
  { depth, columns, right }: Product,
  v: Arithmetic,
  width: number,
): FunctionRef {
  const name = `pack.${v.dtype}.${depth}x${columns}.${right.depth}_${right.column}.${width}`;
  const [rest, padded] = edgeOf(columns, width, v.lanes);
  const full = columns - rest;
  const [depthStride, columnStride] = [right.depth * v.bytes, right.column * v.bytes];
  /** Statements that pack `count` columns. */
  const panel = (from: Expr, to: Expr, count: number, stored: number): Expr[] => {
    if (right.column === 1)
      return [call(copyRows(m, v, count, true), from, i32(depthStride), to, i32(depth))];
    if (right.depth === 1 && count === stored)
      return [call(copyTransposed(m, v, count), from, i32(columnStride), to, i32(depth))];
    const sizes = [i32(depth), i32(count), i32(depthStride), i32(columnStride)];
    return [
      ...(count < stored ? [op("memory.fill", to, i32(0), i32(depth * stored * v.bytes))] : []),
      call(copyStrided(m, v), from, to, ...sizes, i32(stored * v.bytes), i32(v.bytes)),
    ];
  };
  return m.once(name, () =>
    m.function(name, { params: { right: "i32", packed: "i32" } }, (fb, { right: from, packed }) => {
      fb.push(
        ...forRange(fb, { local: "j", to: full, step: width }, () => [
          ...panel(from, packed, width, width),
          set(from, plus(from, width * columnStride)),
          set(packed, plus(packed, width * depth * v.bytes)),
        ]),
        ...(rest ? panel(from, packed, rest, padded) : []),
      );
    }),
  );
}

/** (left, packed, rows, depth): some rows and some depth of the left operand, from its element `left` on. */
export function packLeft(
  m: ModuleBuilder,
  { left }: Product,
  v: Arithmetic,
  height: number,
): FunctionRef {
  const name = `tiles.${v.dtype}.${left.row}_${left.depth}.${height}`;
  const [rowStride, depthStride] = [left.row * v.bytes, left.depth * v.bytes];
  const params = { left: "i32", packed: "i32", rows: "i32", depth: "i32" } as const;
  return m.once(name, () =>
    m.function(name, { params }, (fb, { left: from, packed: to, rows, depth }) => {
      const some = (count: Expr): Expr => {
        const wide = times(count, v.bytes);
        const strides = [i32(depthStride), i32(rowStride), wide, i32(v.bytes)];
        return call(copyStrided(m, v), from, to, depth, count, ...strides);
      };
      const tile =
        left.row === 1
          ? call(copyRows(m, v, height, false), from, i32(depthStride), to, depth)
          : some(i32(height));
      const i = fb.local("i", "i32");
      fb.push(
        ...forRange(fb, { local: i, to: minus(rows, height - 1), step: height }, () => [
          tile,
          set(from, plus(from, height * rowStride)),
          set(to, plus(to, times(depth, height * v.bytes))),
        ]),
        ifThen(op("i32.lt_s", i, rows), some(minus(rows, i))),
      );
    }),
  );
}
