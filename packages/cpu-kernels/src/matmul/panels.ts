// The general path: panels of B against tiles of A, in blocks that stay in the caches.
//
//   for blocks of rows, for blocks of depth:  [pack A]
//     for panels of B:  for tiles of A:  C tile (+)= A tile · B panel
//
// One panel (depth block × 8 columns) stays in the first cache level while the tiles go by, the block of A in the second.
// A is read where it lies if its depth is contiguous. Where A and B are as long as a batch and C is small, a gradient of
// weights, blocks of depth come first, and B is packed block by block: it passes through the caches once.
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
import { type Arithmetic, arithmetic } from "./arithmetic.ts";
import { type Blocking, blockingFor, depthBlock, rowBlock } from "./blocking.ts";
import { edgeOf, packedBytes, packLeft, packRight } from "./pack.ts";
import { type Matmul, MULTIPLY, nameOf, type Product } from "./product.ts";
import { type TileShape, tile } from "./tile.ts";

/** Up to so many rows B is read where it lies: each element is used too seldom to be worth a copy. */
const DIRECT_ROWS = 16;

/** Bytes of B from which on it is packed block by block: more would drive the rest out of the second cache level. */
const LONG = 2 ** 18;

/** A product of any sizes and strides, depth ≥ 1. */
export function panels(m: ModuleBuilder, p: Product): Matmul {
  const v = arithmetic(p.dtype, p.relaxed);
  const blocking = p.blocking ?? blockingFor(p.relaxed);
  const { height } = blocking;
  const width = blocking.vectors * v.lanes;
  const block = depthBlock(p.depth, blocking);
  const rows = rowBlock(block * p.columns * v.bytes, blocking);
  const direct = p.rows <= DIRECT_ROWS && p.right.column === 1;
  const streamed =
    !direct &&
    p.left.depth !== 1 &&
    p.depth > block &&
    packedBytes(p, v, width) > LONG &&
    p.depth > 2 * p.rows;
  const inPlace = p.left.depth === 1 || (p.rows <= DIRECT_ROWS && p.left.row === 1);
  const name = nameOf(p, "panels");
  const leftBytes = inPlace ? 0 : Math.min(p.rows, rows) * block * v.bytes;
  return {
    path: "panels",
    packed:
      direct || streamed
        ? null
        : {
            bytes: packedBytes(p, v, width),
            key: `panels.${v.dtype}.${width}`,
            pack: packRight(m, p, v, width),
          },
    scratchBytes: leftBytes + (streamed ? packedBytes({ ...p, depth: block }, v, width) : 0),
    isStreamed: streamed,
    rowTile: height,
    rowBlock: streamed ? Math.ceil(p.rows / height) * height : rows,
    multiply: m.once(name, () =>
      multiply(m, p, v, {
        ...{ name, direct, inPlace, blocking, block },
        rowBlock: rows,
        streamedAt: streamed ? leftBytes : null,
      }),
    ),
  };
}

interface Choice {
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
  /** Where blocks of B are packed, from the scratch memory on; null when all of B is packed before. */
  readonly streamedAt: number | null;
}

function multiply(m: ModuleBuilder, p: Product, v: Arithmetic, choice: Choice): FunctionRef {
  const { direct, inPlace, blocking, block, streamedAt } = choice;
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

  return m.function(choice.name, { params: MULTIPLY }, (fb, q) => {
    const [i0, i1, k0, count, i, a, b, c] = ["i0", "i1", "k0", "count", "i", "a", "b", "c"].map(
      (name) => fb.local(name, "i32"),
    ) as [Local, Local, Local, Local, Local, Local, Local, Local];
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
        : streamedAt === null
          ? plus(times(j, p.depth * v.bytes), times(k0, stored * v.bytes))
          : op("i32.mul", j, times(count, v.bytes));
      const last = p.rows % height;
      return [
        set(a, inPlace ? origin : q.scratch),
        set(b, plus(streamedAt === null ? q.right : plus(q.scratch, streamedAt), panel)),
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
      forRange(fb, { local: i0, from: q.rowStart, to: q.rowEnd, step: choice.rowBlock }, () => [
        set(i1, least(plus(i0, choice.rowBlock), q.rowEnd)),
        ...body(),
      ]);
    const tiles = (): Expr[] => [
      ...(inPlace
        ? []
        : [call(packLeft(m, p, v, height), origin, q.scratch, minus(i1, i0), count)]),
      ...forRange(fb, { local: "j", to: p.columns - rest, step: width }, (j) =>
        column(j, width, width),
      ),
      ...(rest ? column(i32(p.columns - rest), rest, padded) : []),
    ];
    if (streamedAt === null) {
      fb.push(...rows(() => depths(tiles)));
      return;
    }
    /** Packs a block of B, of `depth`. */
    const pack = (depth: number): Expr => {
      const from = plus(q.right, times(k0, rightDepth));
      return call(packRight(m, { ...p, depth }, v, width), from, plus(q.scratch, streamedAt));
    };
    const last = p.depth % block;
    const packing = last
      ? ifElse(op("i32.eq", count, i32(block)), [pack(block)], [pack(last)])
      : pack(block);
    fb.push(...depths(() => [packing, ...rows(tiles)]));
  });
}
