// What the rules of all the network's primitives share: sizes by the names of axes, rows, sums of tangents.
//
//   vmap folds a batch of matrices into rows: [size, rows, n] → [size·rows, n]
import {
  add,
  type NDArray,
  reshape,
  type Spec,
  type Tangent,
  type Tensor,
} from "@cotangent/autodiff";
import { formatShape } from "../errors.ts";

/** An operand: its name in errors, its spec, and the names of its axes. */
export type Operand<Axis extends string> = readonly [
  role: string,
  spec: Spec | undefined,
  axes: readonly Axis[],
];

/** The size of every axis by its name; throws where an operand has other axes, or one name two sizes. */
export function sizesOf<Axis extends string>(
  operation: string,
  operands: readonly Operand<Axis>[],
): Record<Axis, number> {
  const sizes: Partial<Record<Axis, number>> = {};
  for (const [role, spec, axes] of operands) {
    const shape = spec?.shape ?? [];
    const fits = axes.every((axis, k) => (sizes[axis] ?? shape[k]) === shape[k]);
    if (!fits || shape.length !== axes.length) {
      const expected = axes.map((axis) => sizes[axis] ?? axis).join(", ");
      throw new TypeError(
        `${operation}: expected ${role} to be [${expected}], got ${formatShape(shape)}; it must fit the operands before it`,
      );
    }
    axes.forEach((axis, k) => {
      sizes[axis] = shape[k] ?? 0;
    });
  }
  return sizes as Record<Axis, number>;
}

/** A reference's numbers as the array of an equation: rounded once where that is f32. */
export const arrayOf = ({ shape, dtype }: Spec, values: Float64Array): NDArray => ({
  shape,
  dtype,
  data: dtype === "f32" ? Float32Array.from(values) : values,
});

/** f of the rows of all members at once. x: [size, rows, n] → [size, rows, m]. */
export function foldRows(x: Tensor, f: (rows: Tensor) => Tensor): Tensor {
  const [size = 0, rows = 0, width = 0] = x.shape;
  const y = f(reshape(x, [size * rows, width]));
  return reshape(y, [size, rows, y.shape[1] ?? 0]);
}

/** The sum of the terms that are not symbolic zeros. */
export function total(...terms: readonly Tangent[]): Tangent {
  const present = terms.filter((term) => term !== null);
  return present.length === 0 ? null : present.reduce(add);
}
