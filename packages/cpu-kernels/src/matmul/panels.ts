// The general path: which of its forms a product takes, and the memory that it wants. The loops: walk-panels.ts.
//
//   B    read where it lies    few rows
//        packed whole          most products
//        packed by pieces      it would not stay in the second cache: wide, some columns at a time; long, some depth
//   A    read where it lies    if its depth is contiguous
//        packed by blocks      the rest
import type { ModuleBuilder } from "../wasm/index.ts";
import { arithmetic } from "./arithmetic.ts";
import { blockingFor, depthBlock, rowBlock } from "./blocking.ts";
import { packedBytes, packRight } from "./pack.ts";
import { type Matmul, nameOf, type Product } from "./product.ts";
import { walkPanels } from "./walk-panels.ts";

/** Up to so many rows B is read where it lies: each element is used too seldom to be worth a copy. */
const DIRECT_ROWS = 16;

/** Bytes of a long B from which on it is packed by blocks of depth: more would drive the rest out of the second cache level. */
const LONG = 2 ** 18;

/** Bytes of any B from which on it is packed some columns at a time, and how many. */
const WIDE = 2 ** 19;
const WIDE_COLUMNS = 128;

/** A wide B is worth packing so often from this many rows on; so many at most, since what they give leaves the cache. */
const WIDE_LEAST = 64;
const WIDE_MOST = 512;

/** A product of any sizes and strides, depth ≥ 1. */
export function panels(m: ModuleBuilder, p: Product): Matmul {
  const v = arithmetic(p.dtype, p.relaxed);
  const blocking = p.blocking ?? blockingFor(p.relaxed);
  const { height } = blocking;
  const width = blocking.vectors * v.lanes;
  const block = depthBlock(p.depth, blocking);
  const direct = p.rows <= DIRECT_ROWS && p.right.column === 1;
  const inPlace = p.left.depth === 1 || (p.rows <= DIRECT_ROWS && p.left.row === 1);
  const bytesOfB = packedBytes(p, v, width);
  const isLong = !inPlace && p.depth > block && bytesOfB > LONG && p.depth > 2 * p.rows;
  const isWide =
    inPlace && !direct && bytesOfB > WIDE && p.columns > WIDE_COLUMNS && p.rows >= WIDE_LEAST;
  const pieceColumns = isLong ? p.columns : isWide ? WIDE_COLUMNS : null;
  const isStreamed = pieceColumns !== null;
  const rows = rowBlock(block * (pieceColumns ?? p.columns) * v.bytes, blocking);
  const most = isWide ? WIDE_MOST : Number.POSITIVE_INFINITY;
  const name = nameOf(p, "panels");
  const leftBytes = inPlace ? 0 : Math.min(p.rows, rows) * block * v.bytes;
  return {
    path: "panels",
    packed:
      direct || isStreamed
        ? null
        : {
            bytes: bytesOfB,
            key: `panels.${v.dtype}.${width}`,
            pack: packRight(m, p, v, width),
          },
    scratchBytes:
      leftBytes + (isStreamed ? packedBytes({ depth: block, columns: pieceColumns }, v, width) : 0),
    isStreamed,
    rowTile: height,
    rowBlock: isStreamed ? Math.ceil(Math.min(p.rows, most) / height) * height : rows,
    multiply: m.once(name, () =>
      walkPanels(m, p, v, {
        ...{ name, direct, inPlace, blocking, block },
        rowBlock: rows,
        piece: isStreamed ? { columns: pieceColumns, at: leftBytes } : null,
      }),
    ),
  };
}
