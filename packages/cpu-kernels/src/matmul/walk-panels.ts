// The loops of the general path: panels of B against tiles of A, in blocks that stay in the caches.
//
//   for blocks of rows, for blocks of depth:  [pack A]
//     for panels of B:  for tiles of A:  C tile (+)= A tile · B panel
//
// One panel (depth block × 8 columns) stays in the first cache level while the tiles go by, the block of A in the second.
// A is read where it lies if its depth is contiguous. Two kinds of B pass through the caches once, packed piece by piece:
//
//   for pieces of B (some columns, a block of depth):  pack the piece;  for blocks of rows:  tiles, as above
//
// wide ones, some columns at a time, since all of it would not stay in the second cache while rows go by; and long ones,
// in gradients of weights, where A and B are as long as a batch and C is small, all columns at a time.
// A sum is one chain per depth block, the blocks added in order:
// nothing in it depends on which rows are computed together.
// Source: Goto & van de Geijn 2008, sections 4 and 6.

import {
  call,
  type Expr,
  type FunctionRef,
  forRange,
  i32,
  ifElse,
  ifThen,
  type Local,
  type ModuleBuilder,
  op,
  set,
} from "../wasm/index.ts";
import { least, minus, plus, times } from "./address.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Blocking } from "./blocking.ts";
import { edgeOf, packLeft, packRight } from "./pack.ts";
import { MULTIPLY, type Product } from "./product.ts";
import { type TileShape, tile } from "./tile.ts";

/** How a product is walked through. */
export interface Walk {
  readonly name: string;
  readonly blocking: Blocking;
  /** Depth per block. */
  readonly block: number;
  /** Rows per block. */
  readonly rowBlock: number;
  /** B is read where it lies. */
  readonly direct: boolean;
  /** A is read where it lies. */
  readonly inPlace: boolean;
  /** Columns of a piece of B, and where it is packed, from the scratch memory on; null when all of B is packed before. */
  readonly piece: { readonly columns: number; readonly at: number } | null;
}

/** What there is to do for the part that begins at `start`, of parts of `most` of an axis: the last one may be smaller. */
function bySize(size: number, most: number, start: Expr, of: (size: number) => Expr): Expr {
  if (size <= most || size % most === 0) return of(Math.min(size, most));
  const isWhole = op("i32.le_s", start, i32(size - most));
  return ifElse(isWhole, [of(most)], [of(size % most)]);
}

/** `multiply` of a product: see product.ts. */
export function walkPanels(m: ModuleBuilder, p: Product, v: Arithmetic, walk: Walk): FunctionRef {
  const { direct, inPlace, blocking, block, piece } = walk;
  const { height, unroll } = blocking;
  const width = blocking.vectors * v.lanes;
  const [rest, padded] = edgeOf(p.columns, width, v.lanes);
  const leftRow = p.left.row * v.bytes;
  const leftDepth = p.left.depth * v.bytes;
  const rightDepth = p.right.depth * v.bytes;
  const outRow = p.columns * v.bytes;
  const shape = (rows: number, columns: number): TileShape => ({
    rows,
    columns,
    unroll,
    left: inPlace ? (p.left.depth === 1 ? "depth" : "row") : "packed",
    right: direct ? "strided" : "packed",
    out: "row",
  });

  return m.function(walk.name, { params: MULTIPLY }, (fb, q) => {
    const local = (name: string): Local => fb.local(name, "i32");
    const [i0, i1, i] = [local("i0"), local("i1"), local("i")];
    const [j0, k0, count] = [local("j0"), local("k0"), local("count")];
    const [a, b, c] = [local("a"), local("b"), local("c")];
    const origin = plus(plus(q.left, times(i0, leftRow)), times(k0, leftDepth));

    /** All tiles of the rows [i0, i1) against the panel of `columns` columns from column `j` on. */
    const column = (j: Expr, columns: number, stored: number): Expr[] => {
      const product = (rows: number): Expr => {
        const aStride = p.left.depth === 1 ? leftRow : leftDepth;
        const strides = { a: i32(aStride), b: i32(direct ? rightDepth : 0), c: i32(outRow) };
        const kernel = tile(m, v, shape(rows, columns));
        const args = [a, strides.a, b, strides.b, c, strides.c, count];
        return call(kernel, ...args, op("i32.gt_s", k0, i32(0)));
      };
      const panel = direct
        ? plus(times(j, v.bytes), times(k0, rightDepth))
        : piece === null
          ? plus(times(j, p.depth * v.bytes), times(k0, stored * v.bytes))
          : op("i32.mul", minus(j, j0), times(count, v.bytes));
      const last = p.rows % height;
      return [
        set(a, inPlace ? origin : q.scratch),
        set(b, plus(piece === null ? q.right : plus(q.scratch, piece.at), panel)),
        set(c, plus(plus(q.out, times(i0, outRow)), times(j, v.bytes))),
        ...forRange(fb, { local: i, from: i0, to: minus(i1, height - 1), step: height }, () => [
          product(height),
          set(a, plus(a, inPlace ? i32(height * leftRow) : times(count, height * v.bytes))),
          set(c, plus(c, height * outRow)),
        ]),
        ...(last ? [ifThen(op("i32.lt_s", i, i1), product(last))] : []),
      ];
    };

    const depths = (body: () => Expr[]): Expr[] =>
      forRange(fb, { local: k0, to: p.depth, step: block }, () => [
        set(count, least(i32(block), minus(i32(p.depth), k0))),
        ...body(),
      ]);
    const rows = (body: () => Expr[]): Expr[] =>
      forRange(fb, { local: i0, from: q.rowStart, to: q.rowEnd, step: walk.rowBlock }, () => [
        set(i1, least(plus(i0, walk.rowBlock), q.rowEnd)),
        ...body(),
      ]);
    /** All tiles of some rows against the columns from `from` up to `to`, which may have less than a panel behind them. */
    const tiles = (from: Expr | number, to: Expr | number, edge: Expr[]): Expr[] => [
      ...(inPlace
        ? []
        : [call(packLeft(m, p, v, height), origin, q.scratch, minus(i1, i0), count)]),
      ...forRange(fb, { local: "j", from, to, step: width }, (j) => column(j, width, width)),
      ...edge,
    ];
    const whole = p.columns - rest;
    const edge = rest ? column(i32(whole), rest, padded) : [];
    if (piece === null) {
      fb.push(...rows(() => depths(() => tiles(i32(0), whole, edge))));
      return;
    }
    const from = plus(plus(q.right, times(k0, rightDepth)), times(j0, p.right.column * v.bytes));
    const at = plus(q.scratch, piece.at);
    const packing = bySize(p.columns, piece.columns, j0, (columns) =>
      bySize(p.depth, block, k0, (depth) =>
        call(packRight(m, { ...p, depth, columns }, v, width), from, at),
      ),
    );
    const to = least(plus(j0, piece.columns), i32(whole));
    const atEnd = rest
      ? [ifThen(op("i32.gt_s", plus(j0, piece.columns), i32(whole)), ...edge)]
      : [];
    fb.push(
      ...forRange(fb, { local: j0, to: p.columns, step: piece.columns }, () =>
        depths(() => [packing, ...rows(() => tiles(j0, to, atEnd))]),
      ),
    );
  });
}
