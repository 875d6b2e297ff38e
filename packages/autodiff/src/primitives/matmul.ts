// matmul: products of vectors, matrices and batches of matrices, broadcasting as numpy's do.
//
//   y = x w,  ẏ = ẋ w + x ẇ,  x̄ = ȳ wᵀ,  w̄ = xᵀ ȳ
import { allocate, broadcastShapes, isFloat, type Shape, type Spec, sizeOf } from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import type { PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { partials } from "./arithmetic.ts";
import { sumTo } from "./broadcast.ts";
import { promote } from "./cast.ts";
import { gemm, gemmModulo } from "./gemm.ts";
import { moveAxis, reshape } from "./shape.ts";
import { broadcastStrides, eachRow } from "./strided.ts";

/** Both shapes as matrices, a vector being a row on the left and a column on the right, and the product's. */
function shapes(x: Spec, w: Spec) {
  const left = x.shape.length === 1 ? [1, ...x.shape] : x.shape;
  const right = w.shape.length === 1 ? [...w.shape, 1] : w.shape;
  const [rows, depth] = left.slice(-2) as [number, number];
  const [inner, columns] = right.slice(-2) as [number, number];
  if (Math.min(left.length, right.length) < 2)
    throw fail`matmul: got ${x.shape} × ${w.shape}, expected vectors or matrices; use mul for scalars`;
  if (depth !== inner)
    throw fail`matmul: inner dimensions differ: ${x.shape} × ${w.shape}; ${depth === columns ? "did you mean to permute the second?" : `expected ${depth} rows in the second, got ${inner}`}`;
  const batch = broadcastShapes("matmul", left.slice(0, -2), right.slice(0, -2));
  const matrix = [...batch, rows, columns];
  const output = [
    ...batch,
    ...(left === x.shape ? [rows] : []),
    ...(right === w.shape ? [columns] : []),
  ];
  return { left, right, batch, rows, depth, columns, matrix, output };
}

/** The last two axes swapped. */
const swap = (x: Tensor): Tensor => moveAxis(x, x.shape.length - 1, x.shape.length - 2);

/** One matrix shared by a whole batch: the batch becomes rows, and one product does it. Of nothing, rows cannot be told. */
const isShared = (x: Shape, w: Shape) => x.length > 2 && w.length === 2 && sizeOf(w) > 0;

export const multiply: PrimitiveFunction<object> = primitive({
  name: "matmul",
  shape: ([x, w]) => ({ dtype: x!.dtype, shape: shapes(x!, w!).output }),
  evaluate([x, w], { dtype, shape }) {
    const { left, right, batch, rows, depth, columns } = shapes(x!, w!);
    const data = allocate(dtype, sizeOf(shape));
    const multiplyMatrices = isFloat(dtype) ? gemm : gemmModulo;
    const product = (count: number, [a, b, c]: Iterable<number>) =>
      multiplyMatrices(
        [count, depth, columns],
        { data: x!.data, start: a! * rows * depth },
        { data: w!.data, start: b! * depth * columns },
        { data, start: c! * rows * columns },
      );
    const steps = [left.slice(0, -2), right.slice(0, -2), batch].map((s) =>
      broadcastStrides(s, batch),
    );
    if (isShared(left, right)) product(rows * sizeOf(batch), [0, 0, 0]);
    else
      eachRow(batch, steps, [0, 0, 0], (length, starts, inner) => {
        for (let i = 0; i < length; i++)
          product(
            rows,
            starts.map((start, k) => start + i * inner[k]!),
          );
      });
    return { dtype, shape, data };
  },
  jvp: partials(
    (xDot, _x, w) => multiply([xDot, w], {}),
    (wDot, x) => multiply([x, wDot], {}),
  ),
  transpose(yBar, [x, w]) {
    const { left, right, depth, columns, matrix } = shapes(x!, w!);
    const bar = reshape(yBar, matrix);
    if (w instanceof Tensor) {
      const xBar = multiply([bar, swap(reshape(w, right))], {});
      return [reshape(sumTo(xBar, left), x!.shape), null];
    }
    if (!(x instanceof Tensor))
      throw fail`transpose: matmul of two linear values is not linear, got ${x!} × ${w!}`;
    const wBar = isShared(left, right)
      ? multiply([swap(reshape(x, [-1, depth])), reshape(bar, [-1, columns])], {})
      : multiply([swap(reshape(x, left)), bar], {});
    return [null, reshape(sumTo(wBar, right), w!.shape)];
  },
  batch(inputs, mapped, size) {
    const members = inputs.map((x, i) => ({ ...x, shape: mapped[i] ? x.shape.slice(1) : x.shape }));
    const { left, right, output } = shapes(members[0]!, members[1]!);
    const rank = Math.max(left.length, right.length);
    const [x, w] = [left, right].map((shape, i) => {
      const ones = new Array<number>(rank - shape.length).fill(1);
      return reshape(inputs[i]!, mapped[i] ? [size, ...ones, ...shape] : shape);
    });
    return reshape(multiply([x!, w!], {}), [size, ...output]);
  },
});

/** The matrix product over the last axis of x and the second-last of w; leading axes broadcast. */
export const matmul = (x: TensorLike, w: TensorLike): Tensor =>
  multiply(promote("matmul", [x, w], "number"), {});
