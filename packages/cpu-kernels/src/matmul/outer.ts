// Products of a tiny depth: a sum of one to four outer products, written in one pass over the result.
//
//   C[i, :] = Σₖ A[i, k] · B[k, :],   depth ≤ 4
//
// The elements of A of a few rows stay in registers, one in all lanes each, while the columns go by. The time is that of
// writing C, so nothing is packed but a B whose columns are not side by side.

import {
  call,
  type Expr,
  type FunctionRef,
  forRange,
  i32,
  type Local,
  type ModuleBuilder,
  set,
} from "../wasm/index.ts";
import { minus, plus, times } from "./address.ts";
import {
  type Arithmetic,
  arithmetic,
  loadPart,
  loadSplat,
  storePart,
  zeros,
} from "./arithmetic.ts";
import { copyStrided } from "./copy.ts";
import { type Matmul, MULTIPLY, nameOf, type Product } from "./product.ts";

/** Up to this depth the path is worth it. */
export const OUTER_DEPTH = 4;

/** Rows at a time: their elements of A, a sum each and a row of B fit in the registers. */
const rowsAtOnce = (depth: number): number => (depth <= 2 ? 4 : 2);

/** A product of depth 1 to 4. */
export function outer(m: ModuleBuilder, p: Product): Matmul {
  const v = arithmetic(p.dtype, p.relaxed);
  const direct = p.right.column === 1 && p.right.depth >= 0;
  const packed: Product = direct ? p : { ...p, right: { depth: p.columns, column: 1 } };
  const height = rowsAtOnce(p.depth);
  const rowBytes = p.columns * v.bytes;
  return {
    path: "outer",
    packed: direct
      ? null
      : { bytes: p.depth * rowBytes, key: `rows.${p.dtype}`, pack: packRows(m, p, v) },
    scratchBytes: 0,
    rowTile: height,
    rowBlock: Math.max(1, Math.floor(65536 / rowBytes / height)) * height,
    multiply: multiply(m, packed, v, height),
  };
}

/** (right, packed): B as rows. */
function packRows(m: ModuleBuilder, p: Product, v: Arithmetic): FunctionRef {
  const name = `pack.${p.dtype}.${p.depth}x${p.columns}.${p.right.depth}_${p.right.column}.rows`;
  const params = { right: "i32", packed: "i32" } as const;
  return m.shared(name, { params }, (fb, { right, packed }) => {
    const from = [p.right.depth * v.bytes, p.right.column * v.bytes].map(i32);
    const to = [p.columns * v.bytes, v.bytes].map(i32);
    fb.push(call(copyStrided(m, v), right, packed, i32(p.depth), i32(p.columns), ...from, ...to));
  });
}

function multiply(m: ModuleBuilder, p: Product, v: Arithmetic, height: number): FunctionRef {
  const outRow = p.columns * v.bytes;
  const params = MULTIPLY;
  return m.shared(nameOf(p, "outer"), { params }, (fb, { left, right, out, rowStart, rowEnd }) => {
    const i = fb.local("i", "i32");
    const rows = (count: number): Expr[] => [
      call(
        rowsTile(m, p, v, count),
        plus(left, times(i, p.left.row * v.bytes)),
        right,
        plus(out, times(i, outRow)),
      ),
    ];
    const to = minus(rowEnd, height - 1);
    fb.push(...forRange(fb, { local: i, from: rowStart, to, step: height }, () => rows(height)));
    if (p.rows % height) fb.push(...forRange(fb, { local: i, from: i, to: rowEnd }, () => rows(1)));
  });
}

/** (a, b, c): `height` rows of the product. */
function rowsTile(m: ModuleBuilder, p: Product, v: Arithmetic, height: number): FunctionRef {
  const params = { a: "i32", b: "i32", c: "i32" } as const;
  const size = v.lanes * v.bytes;
  return m.shared(nameOf({ ...p, rows: height }, "outer.rows"), { params }, (fb, { a, b, c }) => {
    /** Elements of A, row after row. */
    const elements: Local[] = [];
    for (let r = 0; r < height; r++)
      for (let k = 0; k < p.depth; k++) {
        const element = fb.local(`a${r}${k}`, "v128");
        const offset = (r * p.left.row + k * p.left.depth) * v.bytes;
        // An immediate offset is unsigned; an operand that is read backward needs an addition.
        const value = offset < 0 ? loadSplat(v, plus(a, offset)) : loadSplat(v, a, offset);
        fb.push(set(element, value));
        elements.push(element);
      }
    const lines: Local[] = [];
    for (let k = 0; k < p.depth; k++) lines.push(fb.local(`b${k}`, "v128"));
    const sum = fb.local("sum", "v128");
    const columns = (count: number): Expr[] => {
      const body: Expr[] = [];
      for (let k = 0; k < p.depth; k++)
        body.push(set(lines[k]!, loadPart(v, b, k * p.right.depth * v.bytes, count)));
      for (let r = 0; r < height; r++) {
        let total = zeros(v);
        for (let k = 0; k < p.depth; k++)
          total = v.madd(elements[r * p.depth + k]!, lines[k]!, total);
        body.push(set(sum, total), ...storePart(v, c, sum, r * p.columns * v.bytes, count));
      }
      return body;
    };
    const rest = p.columns % v.lanes;
    fb.push(
      ...forRange(fb, { local: "j", to: p.columns - rest, step: v.lanes }, () => [
        ...columns(v.lanes),
        set(b, plus(b, size)),
        set(c, plus(c, size)),
      ]),
    );
    if (rest) fb.push(...columns(rest));
  });
}
