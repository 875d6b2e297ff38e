// Products with one to three rows, or columns, where both operands have their depth side by side.
//
//   C[i, j] = Σₖ A[i, k] · B[k, j]
//
// The few lines are read again for each of the many; those are read once.

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
import { type Arithmetic, arithmetic } from "./arithmetic.ts";
import { copyStrided } from "./copy.ts";
import { DEPTH_BLOCK, type DotShape, dotTile } from "./dot-tile.ts";
import { type Matmul, MULTIPLY, nameOf, type Product } from "./product.ts";

/** Lines of the long operand at a time, by the number of short ones. */
const manyAtOnce = (few: number): number => (few < 3 ? 4 : 3);

/** What of a tile's shape the depth decides. */
const depthOf = ({ depth }: Product, { lanes }: Arithmetic): Pick<DotShape, "tail" | "isDeep"> => ({
  tail: depth % lanes,
  isDeep: depth >= (DEPTH_BLOCK + 1) * lanes,
});

/** At most three columns; A with its depth side by side. B is packed as columns unless it lies so. */
export function dotColumns(m: ModuleBuilder, p: Product): Matmul {
  const v = arithmetic(p.dtype, p.relaxed);
  const direct = p.right.depth === 1;
  const name = nameOf(p, "dot.columns");
  const bStride = (direct ? p.right.column : p.depth) * v.bytes;
  const aStride = p.left.row * v.bytes;
  const outRow = p.columns * v.bytes;
  const height = manyAtOnce(p.columns);
  const shape = { few: p.columns, ...depthOf(p, v), many: outRow, line: v.bytes };

  const multiply = m.shared(
    name,
    { params: MULTIPLY },
    (fb, { left, right, out, rowStart, rowEnd }) => {
      const i = fb.local("i", "i32");
      const rows = (many: number): Expr => {
        const a = plus(left, times(i, aStride));
        const c = plus(out, times(i, outRow));
        const kernel = dotTile(m, v, { ...shape, count: many });
        return call(kernel, a, i32(aStride), right, i32(bStride), c, i32(p.depth - shape.tail));
      };
      const rest = p.rows % height;
      const to = minus(rowEnd, height - 1);
      fb.push(
        ...forRange(fb, { local: i, from: rowStart, to, step: height }, () => [rows(height)]),
      );
      if (rest) fb.push(ifThen(op("i32.lt_s", i, rowEnd), rows(rest)));
    },
  );
  const bytes = p.columns * p.depth * v.bytes;
  const packed = direct ? null : { bytes, key: `columns.${p.dtype}`, pack: packColumns(m, p, v) };
  const rowBlock = 16 * height;
  return { path: "dot", packed, scratchBytes: 0, rowTile: height, rowBlock, multiply };
}

/** At most three rows; B with its depth side by side. A is copied as rows unless it lies so. */
export function dotRows(m: ModuleBuilder, p: Product): Matmul {
  const v = arithmetic(p.dtype, p.relaxed);
  const inPlace = p.left.depth === 1;
  const name = nameOf(p, "dot.rows");
  const bStride = (inPlace ? p.left.row : p.depth) * v.bytes;
  const aStride = p.right.column * v.bytes;
  const outRow = p.columns * v.bytes;
  const width = manyAtOnce(p.rows);
  const shape = { few: p.rows, ...depthOf(p, v), many: v.bytes, line: outRow };

  const multiply = m.shared(name, { params: MULTIPLY }, (fb, q) => {
    const lines = inPlace ? q.left : q.scratch;
    const j = fb.local("j", "i32");
    const columns = (many: number): Expr => {
      const a = plus(q.right, times(j, aStride));
      const c = plus(q.out, times(j, v.bytes));
      const kernel = dotTile(m, v, { ...shape, count: many });
      return call(kernel, a, i32(aStride), lines, i32(bStride), c, i32(p.depth - shape.tail));
    };
    const rest = p.columns % width;
    const strides = [p.left.row, p.left.depth, p.depth, 1].map((stride) => i32(stride * v.bytes));
    const body = [
      ...(inPlace
        ? []
        : [call(copyStrided(m, v), q.left, q.scratch, i32(p.rows), i32(p.depth), ...strides)]),
      ...forRange(fb, { local: j, to: p.columns - rest, step: width }, () => [columns(width)]),
      ...(rest ? [set(j, i32(p.columns - rest)), columns(rest)] : []),
    ];
    fb.push(ifThen(op("i32.lt_s", q.rowStart, q.rowEnd), ...body));
  });
  const scratchBytes = inPlace ? 0 : p.rows * p.depth * v.bytes;
  return { path: "dot", packed: null, scratchBytes, rowTile: p.rows, rowBlock: p.rows, multiply };
}

/** (right, packed): B as columns. */
function packColumns(m: ModuleBuilder, p: Product, v: Arithmetic): FunctionRef {
  const name = `pack.${p.dtype}.${p.depth}x${p.columns}.${p.right.depth}_${p.right.column}.columns`;
  const params = { right: "i32", packed: "i32" } as const;
  const strides = [p.right.column, p.right.depth, p.depth, 1].map((stride) =>
    i32(stride * v.bytes),
  );
  return m.shared(name, { params }, (fb, { right, packed }) =>
    fb.push(call(copyStrided(m, v), right, packed, i32(p.columns), i32(p.depth), ...strides)),
  );
}
