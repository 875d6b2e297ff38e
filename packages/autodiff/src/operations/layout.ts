// Adding and removing axes of length 1, and stacking.
import { type Axes, normalizeAxes, normalizeAxis, sameShape } from "../array.ts";
import { fail } from "../errors.ts";
import { toTensor } from "../primitives/cast.ts";
import { concat, reshape } from "../primitives/shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** A new axis of length 1 at position `axis` of the result. */
export function expandDims(x: TensorLike, axis: number): Tensor {
  const from = toTensor("expandDims", x);
  const at = normalizeAxis("expandDims", axis, from.shape.length + 1);
  return reshape(from, from.shape.toSpliced(at, 0, 1));
}

/** Without the given axes, which must have length 1; without all such axes by default. */
export function squeeze(x: TensorLike, axes?: Axes): Tensor {
  const from = toTensor("squeeze", x);
  const given = normalizeAxes("squeeze", axes, from.shape.length);
  const wrong = given.find((axis) => from.shape[axis] !== 1);
  if (axes !== undefined && wrong !== undefined)
    throw fail`squeeze: axis ${wrong} of ${from} has length ${from.shape[wrong]}, expected 1`;
  return reshape(
    from,
    from.shape.filter((length, axis) => length !== 1 || !given.includes(axis)),
  );
}

/** Tensors of one shape side by side along a new axis. */
export function stack(xs: readonly TensorLike[], axis = 0): Tensor {
  const inputs = [xs].flat().map((x) => toTensor("stack", x));
  if (inputs.length === 0 || !inputs.every((x) => sameShape(x.shape, inputs[0]!.shape)))
    throw fail`stack: got ${inputs}, expected ${inputs.length ? "equal shapes" : "a non-empty array"} of tensors`;
  return concat(
    inputs.map((x) => expandDims(x, axis)),
    axis,
  );
}
