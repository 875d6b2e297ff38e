// sort and argsort along any axis.
import { normalizeAxis } from "../array.ts";
import { add } from "../primitives/arithmetic.ts";
import { toTensor } from "../primitives/cast.ts";
import { gather } from "../primitives/gather.ts";
import { argsortLast } from "../primitives/reduction.ts";
import { permute, reshape } from "../primitives/shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";

/** Indices (i32) that sort `axis` ascending; stable, NaN last. */
export function argsort(x: TensorLike, axis = -1): Tensor {
  const { last, back } = axisLast("argsort", toTensor("argsort", x), axis);
  return back(argsortLast(last));
}

/** The elements in ascending order along `axis`; the derivative follows each element to its place. */
export function sort(x: TensorLike, axis = -1): Tensor {
  const { last, back } = axisLast("sort", toTensor("sort", x), axis);
  const length = last.shape[last.shape.length - 1] as number;
  const rows = length === 0 ? 0 : last.size / length;
  const offsets = new Tensor(
    [rows, 1],
    "i32",
    Int32Array.from({ length: rows }, (_, row) => row * length),
  );
  const order = add(reshape(argsortLast(last), [rows, length]), offsets);
  return back(reshape(gather(reshape(last, [last.size]), order), last.shape));
}

function axisLast(
  operation: string,
  x: Tensor,
  axis: number,
): { last: Tensor; back: (y: Tensor) => Tensor } {
  const at = normalizeAxis(operation, axis, x.shape.length);
  const others = x.shape.flatMap((_, i) => (i === at ? [] : [i]));
  const inverse = [...others.slice(0, at).keys()];
  const back = [...inverse, others.length, ...others.slice(at).map((_, i) => at + i)];
  return { last: permute(x, [...others, at]), back: (y) => permute(y, back) };
}
