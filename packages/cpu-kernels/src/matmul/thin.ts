// Products with few rows, or columns, whose long operand lies along the vectors.
//
//   rows ≤ 3:      C[i, j…] = Σₖ A[i, k] · B[k, j…],   columns of B side by side
//   columns ≤ 16:  the same, transposed: C[i…, j] = Σₖ B[k, j] · A[i…, k],   rows of A side by side
//
// The long operand is read where it lies, once for as many of the few as the tile of `tile.ts` is high; up to three
// leave room for a wider one.

import { call, type Expr, forRange, i32, ifThen, type ModuleBuilder, op } from "../wasm/index.ts";
import { minus, plus, times } from "./address.ts";
import { arithmetic } from "./arithmetic.ts";
import { type Blocking, blockingFor, depthBlock } from "./blocking.ts";
import { copyStrided } from "./copy.ts";
import { type Matmul, MULTIPLY, nameOf, type Product } from "./product.ts";
import { tile } from "./tile.ts";

/** So many rows or columns are few. */
export const FEW = 3;

/** So many columns are few where rows of A lie side by side: packing both for the general path takes as long as the product. */
export const FEW_COLUMNS = 16;

/** Depth per block: so much of the long operand stays in the cache while the tile goes along it. */
const DEPTH = 256;

/** Vectors across the tile, by the number of its rows: sums and a line of the long operand fit in the registers. */
function vectorsAcross(rows: number, { vectors }: Blocking): number {
  if (rows > FEW) return vectors;
  return rows < 3 ? 4 : 3;
}

/** Of the few, the first of each tile and how many it has: equal shares, so that none is nearly empty. */
function sharesOf(count: number, { height }: Blocking): { first: number; rows: number }[] {
  const shares = Math.ceil(count / height);
  const begin = (share: number): number => Math.floor((share * count) / shares);
  return Array.from({ length: shares }, (_, i) => {
    return { first: begin(i), rows: begin(i + 1) - begin(i) };
  });
}

/** The few lines that are multiplied, and how they lie: element (i, k) at i·line + k·depth. */
interface Lines {
  readonly count: number;
  readonly line: number;
  readonly depth: number;
}

/** At most three rows; columns of B side by side. */
export function fewRows(m: ModuleBuilder, p: Product): Matmul {
  return thin(m, p, "row", { count: p.rows, line: p.left.row, depth: p.left.depth });
}

/** At most sixteen columns; rows of A side by side. */
export function fewColumns(m: ModuleBuilder, p: Product): Matmul {
  return thin(m, p, "column", { count: p.columns, line: p.right.column, depth: p.right.depth });
}

function thin(m: ModuleBuilder, p: Product, out: "row" | "column", lines: Lines): Matmul {
  const v = arithmetic(p.dtype, p.relaxed);
  const blocking = p.blocking ?? blockingFor(p.relaxed);
  const shares = sharesOf(lines.count, blocking);
  const width = vectorsAcross(shares.at(-1)!.rows, blocking) * v.lanes;
  const inPlace = lines.line === 1 || lines.depth === 1;
  const along = out === "row" ? p.columns : p.rows;
  const longDepth = (out === "row" ? p.right.depth : p.left.depth) * v.bytes;
  const outRow = p.columns * v.bytes;
  const few = inPlace ? lines : { count: lines.count, line: p.depth, depth: 1 };
  const scratchBytes = inPlace ? 0 : lines.count * p.depth * v.bytes;
  const name = nameOf(p, `thin.${out}`);
  /** Bytes from one of the few to the next: where they are read, and in C. */
  const fewSteps = [few.line * v.bytes, out === "row" ? outRow : v.bytes] as const;
  // A great depth in blocks: all lines of a block while it is in the cache. Rounding errors grow with a chain's length, too.
  const { unroll } = blocking;
  const depthOfBlock = depthBlock(p.depth, { ...blocking, depth: DEPTH });
  const last = p.depth - depthOfBlock * (Math.ceil(p.depth / depthOfBlock) - 1);

  const multiply = m.once(name, () =>
    m.function(
      name,
      { params: MULTIPLY },
      (fb, { left, right, out: c, rowStart, rowEnd, scratch }) => {
        const [short, long] = out === "row" ? [left, right] : [right, left];
        const i = fb.local("i", "i32");
        const k = fb.local("k", "i32");
        /** `depth` terms from k on, added to what is there unless k = 0. */
        const terms = (count: number, depth: number): Expr[] =>
          shares.map(({ first, rows }) =>
            call(
              tile(m, v, {
                rows,
                columns: count,
                unroll,
                left: few.line === 1 ? "row" : "depth",
                right: "strided",
                out,
              }),
              plus(
                plus(inPlace ? short : scratch, first * fewSteps[0]),
                times(k, few.depth * v.bytes),
              ),
              i32((few.line === 1 ? few.depth : few.line) * v.bytes),
              plus(plus(long, times(i, v.bytes)), times(k, longDepth)),
              i32(longDepth),
              plus(plus(c, first * fewSteps[1]), times(i, out === "row" ? v.bytes : outRow)),
              i32(outRow),
              i32(depth),
              op("i32.ne", k, i32(0)),
            ),
          );
        const [from, to]: [Expr, Expr] = out === "row" ? [i32(0), i32(along)] : [rowStart, rowEnd];
        const rest = along % width;
        const strides = [lines.line, lines.depth, p.depth, 1].map((stride) =>
          i32(stride * v.bytes),
        );
        /** All of the long operand that lies within `depth` terms from k on. */
        const strips = (depth: number): Expr[] => [
          ...forRange(fb, { local: i, from, to: minus(to, width - 1), step: width }, () =>
            terms(width, depth),
          ),
          ...(rest ? [ifThen(op("i32.lt_s", i, to), ...terms(rest, depth))] : []),
        ];
        const body = [
          ...(inPlace
            ? []
            : [
                call(copyStrided(m, v), short, scratch, i32(lines.count), i32(p.depth), ...strides),
              ]),
          ...forRange(fb, { local: k, to: p.depth - last, step: depthOfBlock }, () =>
            strips(depthOfBlock),
          ),
          ...strips(last),
        ];
        fb.push(ifThen(op("i32.lt_s", rowStart, rowEnd), ...body));
      },
    ),
  );
  const rowTile = out === "row" ? p.rows : width;
  return { path: "thin", packed: null, scratchBytes, rowTile, rowBlock: 16 * rowTile, multiply };
}
