// The epilogue of a matmul kernel on some of its rows: elementwise code over [rows, columns] of one batch member.
import type { MatmulKernel } from "@cotangent/graph-passes";
import { type Expr, type FunctionBuilder, i32, type Local, op, set } from "../wasm/index.ts";
import { lanesOf } from "./context.ts";
import { Fragment } from "./fragment.ts";
import type { Target } from "./matmul-target.ts";
import { byteStrides, type Nest, viewsOf } from "./nest.ts";
import { vectorLoops } from "./vector-loops.ts";
import type { Lanes } from "./vectors.ts";
import { Walkers } from "./walkers.ts";

/** The axes of the batch, then those of the matrix; rows lie along `rows`, with `perRow` of its elements each. */
interface EpilogueNest extends Nest {
  readonly rows: number;
  readonly perRow: number;
}

function nestOf(
  { rows, columns }: MatmulKernel,
  batch: Nest,
  inner: number[][],
  lanes: Lanes,
): EpilogueNest {
  const nest = (
    lengths: readonly number[],
    axesOf: (row: number, column: number) => number[],
    rowAxis: number,
    perRow: number,
  ): EpilogueNest => ({
    lengths: [...batch.lengths, ...lengths],
    strides: inner.map(([row, column], view) => [
      ...batch.strides[view]!,
      ...axesOf(row!, column!),
    ]),
    rows: batch.lengths.length + rowAxis,
    perRow,
  });
  if (columns === 1) return nest([rows], (row) => [row], 0, 1);
  if (rows === 1 || inner.every(([row, column]) => row === column! * columns))
    return nest([rows * columns], (_, column) => [column], 0, columns);
  // Few columns: lanes lie along the rows.
  if (columns < lanes) return nest([columns, rows], (row, column) => [column, row], 1, 1);
  return nest([rows, columns], (row, column) => [row, column], 0, 1);
}

/** What the epilogue is applied to: rows [rowStart, rowEnd) of the batch member that `indices` name. */
export interface RowRange {
  readonly indices: readonly Local[];
  /** The thread's own memory. */
  readonly own: Local;
  readonly rowStart: Local;
  readonly rowEnd: Local;
}

/**
 * `batch`: the merged batch axes, with the strides of the epilogue's views first. Blocks of rows are multiples of four
 * long, but for the last, so that vectors along the rows are whole.
 */
export function epilogueCode(
  fb: FunctionBuilder,
  kernel: MatmulKernel,
  { code, module }: Target,
  batch: Nest,
  { indices, own, rowStart, rowEnd }: RowRange,
): Expr[] {
  if (code.stores.length === 0) return [];
  const lanes = lanesOf(code);
  const inner = byteStrides(viewsOf(code), -2);
  const nest = nestOf(kernel, batch, inner, lanes);
  const { lengths, rows, perRow } = nest;
  const vectorAxis = lengths.length - 1;
  const walkers = new Walkers(fb, lengths, module.blocks(own));
  const context = { ...module, lanes };
  const main = new Fragment(code, { context, fb, walkers, ...nest, vectorAxis });
  const count = fb.local("count", "i32");
  const elements = (n: Expr): Expr => (perRow === 1 ? n : op("i32.mul", n, i32(perRow)));
  const range = elements(op("i32.sub", rowEnd, rowStart));
  const isLast = op("i32.eq", rowEnd, i32(kernel.rows));
  const invariant = [-1, ...batch.lengths.keys()].flatMap((level) => main.at(level));
  const loops = vectorLoops({ walkers, main, lengths, lanes }, batch.lengths.length, {
    axis: rows,
    count,
    isLast,
  });
  return [
    set(count, rows === vectorAxis ? op("i32.div_s", range, i32(lanes)) : range),
    ...walkers.start([
      ...indices.map((index, axis): [number, Expr] => [axis, index]),
      [rows, elements(rowStart)],
    ]),
    ...invariant,
    ...loops,
  ];
}
