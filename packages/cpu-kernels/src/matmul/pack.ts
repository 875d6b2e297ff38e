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
import { copyStrided, copyTiles, copyTransposed } from "./copy.ts";
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
export function packedBytes(
  { depth, columns }: Pick<Product, "depth" | "columns">,
  v: Arithmetic,
  width: number,
): number {
  const [count, padded] = edgeOf(columns, width, v.lanes);
  return depth * (columns - count + padded) * v.bytes;
}

/** Bytes of a cache line. */
const LINE = 64;

/** How many tiles side by side a cache line holds. */
const tilesPerLine = (width: number, { bytes }: Arithmetic): number =>
  Math.max(1, Math.floor(LINE / (width * bytes)));

const RIGHT = { right: "i32", packed: "i32" } as const;

/** (right, packed) */
export function packRight(
  m: ModuleBuilder,
  p: Pick<Product, "depth" | "columns" | "right">,
  v: Arithmetic,
  width: number,
): FunctionRef {
  const { depth, columns, right } = p;
  const name = `pack.${v.dtype}.${depth}x${columns}.${right.depth}_${right.column}.${width}`;
  const [rest, padded] = edgeOf(columns, width, v.lanes);
  const most = right.column === 1 ? tilesPerLine(width, v) : 1;
  const all = (columns - rest) / width;
  const last = all % most;
  return m.shared(name, { params: RIGHT }, (fb, { right: from, packed }) => {
    /** Statements that pack the next panels, `count` columns in all. */
    const panels = (tiles: number, count: number, stored: number): Expr[] => [
      packPanels(m, p, v, { from, packed }, { tiles, count, stored }),
      set(from, plus(from, count * right.column * v.bytes)),
      set(packed, plus(packed, stored * depth * v.bytes)),
    ];
    fb.push(
      ...forRange(fb, { local: "j", to: all - last, step: most }, () =>
        panels(most, most * width, most * width),
      ),
    );
    if (last > 0) fb.push(...panels(last, last * width, last * width));
    // The padding is multiplied too: as zeros, since what lay there might be slow denormals.
    if (rest < padded) fb.push(op("memory.fill", packed, i32(0), i32(depth * padded * v.bytes)));
    if (rest > 0) fb.push(...panels(1, rest, padded));
  });
}

/** Packs `count` columns into as many tiles, which have room for `stored`. */
function packPanels(
  m: ModuleBuilder,
  { depth, right }: Pick<Product, "depth" | "right">,
  v: Arithmetic,
  { from, packed }: { readonly from: Expr; readonly packed: Expr },
  { tiles, count, stored }: Readonly<Record<"tiles" | "count" | "stored", number>>,
): Expr {
  const [depthStride, columnStride] = [right.depth * v.bytes, right.column * v.bytes];
  if (right.column === 1 && count === stored) {
    const next = i32((count / tiles) * depth * v.bytes);
    const copy = copyTiles(m, v, count / tiles, tiles);
    return call(copy, from, i32(depthStride), packed, i32(depth), next);
  }
  if (right.depth === 1 && count === stored)
    return call(copyTransposed(m, v, count), from, i32(columnStride), packed, i32(depth));
  const strides = [depthStride, columnStride, stored * v.bytes, v.bytes].map(i32);
  return call(copyStrided(m, v), from, packed, i32(depth), i32(count), ...strides);
}

const LEFT = { left: "i32", packed: "i32", rows: "i32", depth: "i32" } as const;

/** (left, packed, rows, depth): some rows and some depth of the left operand, from its element `left` on. */
export function packLeft(
  m: ModuleBuilder,
  { left }: Product,
  v: Arithmetic,
  height: number,
): FunctionRef {
  const name = `pack.left.${v.dtype}.${left.row}_${left.depth}.${height}`;
  const [rowStride, depthStride] = [left.row * v.bytes, left.depth * v.bytes];
  return m.shared(name, { params: LEFT }, (fb, { left: from, packed: to, rows, depth }) => {
    const some = (count: Expr): Expr => {
      const wide = times(count, v.bytes);
      const strides = [i32(depthStride), i32(rowStride), wide, i32(v.bytes)];
      return call(copyStrided(m, v), from, to, depth, count, ...strides);
    };
    const i = fb.local("i", "i32");
    const tiles = (count: number): Expr[] => {
      const next = times(depth, height * v.bytes);
      const copied =
        left.row === 1
          ? call(copyTiles(m, v, height, count), from, i32(depthStride), to, depth, next)
          : some(i32(height));
      return [
        copied,
        set(from, plus(from, count * height * rowStride)),
        set(to, plus(to, times(depth, count * height * v.bytes))),
      ];
    };
    const most = left.row === 1 ? tilesPerLine(height, v) : 1;
    for (const count of most > 1 ? [most, 1] : [1]) {
      const range = { local: i, from: i, step: count * height };
      const to = minus(rows, count * height - 1);
      fb.push(...forRange(fb, { ...range, to }, () => tiles(count)));
    }
    fb.push(ifThen(op("i32.lt_s", i, rows), some(minus(rows, i))));
  });
}
