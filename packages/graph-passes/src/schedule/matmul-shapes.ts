// The operands of a product as matrices: a vector is a row on the left and a column on the right.

import { broadcastLayout } from "./access.ts";
import type { Shape } from "./shapes.ts";

export interface MatmulShapes {
  readonly batch: Shape;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** Strides over [batch…, rows, depth] and [batch…, depth, columns] of the operands' own row-major order. */
  readonly left: readonly number[];
  readonly right: readonly number[];
}

export function matmulShapes(x: Shape, w: Shape): MatmulShapes {
  const left = x.length === 1 ? [1, ...x] : x;
  const right = w.length === 1 ? [...w, 1] : w;
  const [rows, depth] = left.slice(-2) as [number, number];
  const columns = right.at(-1)!;
  const [a, b] = [left.slice(0, -2), right.slice(0, -2)];
  const batch = Array.from({ length: Math.max(a.length, b.length) }, (_, axis) => {
    const lengths = [a, b].map(
      (shape) => shape[axis - Math.max(a.length, b.length) + shape.length] ?? 1,
    );
    return lengths[0] === 1 ? lengths[1]! : lengths[0]!;
  });
  return {
    batch,
    rows,
    depth,
    columns,
    left: broadcastLayout(left, [...batch, rows, depth]).weights,
    right: broadcastLayout(right, [...batch, depth, columns]).weights,
  };
}
