// sort and argsort along any axis.
import { normalizeAxis } from "../array.ts";
import { add } from "../primitives/arithmetic.ts";
import { toTensor } from "../primitives/cast.ts";
import { gather } from "../primitives/gather.ts";
import { argsortLast } from "../primitives/reduction.ts";
import { moveAxis, reshape } from "../primitives/shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";

/** Works on `axis` as if it were the last one. */
function alongLast(
  operation: string,
  x: TensorLike,
  axis: number,
  f: (x: Tensor) => Tensor,
): Tensor {
  const from = toTensor(operation, x);
  const at = normalizeAxis(operation, axis, from.shape.length);
  const last = from.shape.length - 1;
  return moveAxis(f(moveAxis(from, at, last)), last, at);
}

/** Indices (i32) that sort `axis` ascending; stable, NaN last. */
export const argsort = (x: TensorLike, axis = -1): Tensor =>
  alongLast("argsort", x, axis, (last) => argsortLast([last], {}));

/** The elements in ascending order along `axis`; the derivative follows each element to its place. */
export const sort = (x: TensorLike, axis = -1): Tensor =>
  alongLast("sort", x, axis, (last) => {
    const length = last.shape.at(-1)!;
    const rows = last.size / Math.max(1, length);
    const starts = Int32Array.from({ length: rows }, (_, row) => row * length);
    const order = reshape(argsortLast([last], {}), [rows, length]);
    const flat = add(order, new Tensor([rows, 1], "i32", starts));
    return reshape(gather(reshape(last, [last.size]), flat), last.shape);
  });
