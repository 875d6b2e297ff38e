// Adding and removing axes of length 1, and stacking.
import { formatSpec, normalizeAxis } from "../array.ts";
import { toTensor } from "../primitives/cast.ts";
import { concat, reshape } from "../primitives/shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** A new axis of length 1 at position `axis` of the result. */
export function expandDims(x: TensorLike, axis: number): Tensor {
  const from = toTensor("expandDims", x);
  const at = normalizeAxis("expandDims", axis, from.shape.length + 1);
  return reshape(from, [...from.shape.slice(0, at), 1, ...from.shape.slice(at)]);
}

/** Without the given axes, which must have length 1; without all such axes by default. */
export function squeeze(x: TensorLike, axes?: number | readonly number[]): Tensor {
  const from = toTensor("squeeze", x);
  const ones = from.shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
  const given =
    axes === undefined
      ? ones
      : (typeof axes === "number" ? [axes] : axes).map((axis) =>
          normalizeAxis("squeeze", axis, from.shape.length),
        );
  const wrong = given.find((axis) => from.shape[axis] !== 1);
  if (wrong !== undefined)
    throw new RangeError(
      `squeeze: axis ${wrong} of ${formatSpec(from)} has length ${from.shape[wrong]}, expected 1`,
    );
  return reshape(
    from,
    from.shape.filter((_, axis) => !given.includes(axis)),
  );
}

/** Tensors of one shape side by side along a new axis. */
export function stack(xs: readonly TensorLike[], axis = 0): Tensor {
  return concat(
    xs.map((x) => expandDims(x, axis)),
    axis,
  );
}
