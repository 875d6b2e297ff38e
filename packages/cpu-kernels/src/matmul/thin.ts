// Products with few rows, or columns, whose long operand lies along the vectors.
//
//   rows ≤ 3:      C[i, j…] = Σₖ A[i, k] · B[k, j…],   columns of B side by side
//   columns ≤ 16:  the same, transposed: C[i…, j] = Σₖ B[k, j] · A[i…, k],   rows of A side by side
//
// The long operand is read where it lies, once for as many of the few as the tile of `tile.ts` is high; up to three
// leave room for a wider one.

import {
  call,
  type Expr,
  type FunctionBuilder,
  forRange,
  i32,
  ifThen,
  type Local,
  type ModuleBuilder,
  op,
} from "../wasm/index.ts";
import { minus, plus, times } from "./address.ts";
import { type Arithmetic, arithmetic } from "./arithmetic.ts";
import { type Blocking, blockingFor, depthBlock } from "./blocking.ts";
import { copyStrided } from "./copy.ts";
import { type Matmul, MULTIPLY, nameOf, type Product } from "./product.ts";
import { tile } from "./tile.ts";

/** So many rows or columns are few. */
export const FEW = 3;

/** So many columns are few where rows of A lie side by side: packing both for the general path takes as long as the product. */
export const FEW_COLUMNS = 16;

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
  const few = inPlace ? lines : { count: lines.count, line: p.depth, depth: 1 };
  const choice = { out, lines, few, inPlace, shares, width, blocking };
  const multiply = m.shared(nameOf(p, `thin.${out}`), { params: MULTIPLY }, (fb, q) =>
    writeMultiply(m, fb, q, p, v, choice),
  );
  const scratchBytes = inPlace ? 0 : lines.count * p.depth * v.bytes;
  const rowTile = out === "row" ? p.rows : width;
  return { path: "thin", packed: null, scratchBytes, rowTile, rowBlock: 16 * rowTile, multiply };
}

interface Choice {
  readonly out: "row" | "column";
  readonly lines: Lines;
  /** The lines as they are read: where they lie, or copied side by side. */
  readonly few: Lines;
  readonly inPlace: boolean;
  readonly shares: readonly { readonly first: number; readonly rows: number }[];
  /** Elements of the long operand at a time. */
  readonly width: number;
  readonly blocking: Blocking;
}

function writeMultiply(
  m: ModuleBuilder,
  fb: FunctionBuilder,
  q: { readonly [K in keyof typeof MULTIPLY]: Local },
  p: Product,
  v: Arithmetic,
  { out, lines, few, inPlace, shares, width, blocking }: Choice,
): void {
  const isRow = out === "row";
  const [short, long] = isRow ? [q.left, q.right] : [q.right, q.left];
  const longDepth = (isRow ? p.right.depth : p.left.depth) * v.bytes;
  const outRow = p.columns * v.bytes;
  const { unroll } = blocking;
  // A great depth in blocks, as on the general path: rounding errors grow with the length of a chain.
  const depthOfBlock = depthBlock(p.depth, blocking);
  const last = p.depth - depthOfBlock * (Math.ceil(p.depth / depthOfBlock) - 1);
  const i = fb.local("i", "i32");
  const k = fb.local("k", "i32");
  const left = few.line === 1 ? "row" : "depth";
  /** `depth` terms from k on, added to what is there unless k = 0. */
  const terms = (columns: number, depth: number): Expr[] =>
    shares.map(({ first, rows }) => {
      const kernel = tile(m, v, { rows, columns, unroll, left, right: "strided", out });
      // From one of the few to the next: where they are read, and in C.
      const a = plus(inPlace ? short : q.scratch, first * few.line * v.bytes);
      const c = plus(q.out, first * (isRow ? outRow : v.bytes));
      return call(
        kernel,
        plus(a, times(k, few.depth * v.bytes)),
        i32((few.line === 1 ? few.depth : few.line) * v.bytes),
        plus(plus(long, times(i, v.bytes)), times(k, longDepth)),
        i32(longDepth),
        plus(c, times(i, isRow ? v.bytes : outRow)),
        i32(outRow),
        i32(depth),
        op("i32.ne", k, i32(0)),
      );
    });
  const columns = (count: number): Expr[] => [
    ...forRange(fb, { local: k, to: p.depth - last, step: depthOfBlock }, () =>
      terms(count, depthOfBlock),
    ),
    ...terms(count, last),
  ];
  const along = isRow ? p.columns : p.rows;
  const [from, to]: [Expr, Expr] = isRow ? [i32(0), i32(along)] : [q.rowStart, q.rowEnd];
  const rest = along % width;
  const body: Expr[] = [];
  if (!inPlace) {
    const strides = [lines.line, lines.depth, p.depth, 1].map((stride) => i32(stride * v.bytes));
    const sizes = [i32(lines.count), i32(p.depth)];
    body.push(call(copyStrided(m, v), short, q.scratch, ...sizes, ...strides));
  }
  body.push(
    ...forRange(fb, { local: i, from, to: minus(to, width - 1), step: width }, () =>
      columns(width),
    ),
  );
  if (rest) body.push(ifThen(op("i32.lt_s", i, to), ...columns(rest)));
  fb.push(ifThen(op("i32.lt_s", q.rowStart, q.rowEnd), ...body));
}
