// Matrix products: the path by size and strides.
//
//   depth 0           zeros
//   depth ≤ 4         outer    one pass over the result
//   columns, rows ≤ 3 dot      vectors along the depth, if that is how the long operand lies
//                     thin     vectors along the long operand's own line; for up to 16 columns, too
//   the rest          panels   packed, register tile, cache blocks

import { type FunctionRef, i32, ifThen, type ModuleBuilder, op } from "../wasm/index.ts";
import { minus, plus, times } from "./address.ts";
import { dotColumns, dotRows } from "./dot.ts";
import { OUTER_DEPTH, outer } from "./outer.ts";
import { panels } from "./panels.ts";
import { type Matmul, MULTIPLY, nameOf, type Product } from "./product.ts";
import { FEW, FEW_COLUMNS, fewColumns, fewRows } from "./thin.ts";

/** The functions that compute one product. Equal products of a module share them. Throws on sizes that are no counts. */
export function matmul(m: ModuleBuilder, product: Product): Matmul {
  for (const size of ["rows", "depth", "columns"] as const)
    if (!Number.isInteger(product[size]) || product[size] < 0)
      throw new RangeError(`matmul: expected ${size} to be a count, got ${product[size]}`);
  const p = canonical(product);
  if (p.rows === 0 || p.columns === 0 || p.depth === 0) return empty(m, p);
  if (p.depth <= OUTER_DEPTH) return outer(m, p);
  if (p.columns <= FEW && p.left.depth === 1) return dotColumns(m, p);
  const few = p.rows > FEW_COLUMNS ? FEW_COLUMNS : FEW;
  if (p.columns <= few && p.left.row === 1) return fewColumns(m, p);
  if (p.rows <= FEW && p.right.column === 1) return fewRows(m, p);
  if (p.rows <= FEW && p.right.depth === 1) return dotRows(m, p);
  return panels(m, p);
}

/** The stride of an axis of one element means nothing: 1 lets every path read the operand where it lies. */
function canonical(p: Product): Product {
  const { left, right } = p;
  return {
    ...p,
    left: { row: p.rows === 1 && left.depth !== 1 ? 1 : left.row, depth: left.depth },
    right: { depth: right.depth, column: p.columns === 1 && right.depth !== 1 ? 1 : right.column },
  };
}

/** A product without terms: zeros, if there is anything to write. */
function empty(m: ModuleBuilder, p: Product): Matmul {
  const rowBytes = p.columns * (p.dtype === "f32" ? 4 : 8);
  const name = nameOf(p, "zero");
  const multiply: FunctionRef = m.once(name, () =>
    m.function(name, { params: MULTIPLY }, (fb, { out, rowStart, rowEnd }) => {
      const from = plus(out, times(rowStart, rowBytes));
      const size = times(minus(rowEnd, rowStart), rowBytes);
      const fill = op("memory.fill", from, i32(0), size);
      if (rowBytes) fb.push(ifThen(op("i32.lt_s", rowStart, rowEnd), fill));
    }),
  );
  return { path: "zero", packed: null, scratchBytes: 0, rowTile: 1, rowBlock: 4096, multiply };
}
