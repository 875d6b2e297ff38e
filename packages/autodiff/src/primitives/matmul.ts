// matmul: products of vectors, matrices and batches of matrices, broadcasting as numpy's do.
//
//   y = x w,  ẏ = ẋ w + x ẇ,  x̄ = ȳ wᵀ,  w̄ = xᵀ ȳ
import {
  allocate,
  broadcastShapes,
  formatShape,
  type NDArray,
  type Shape,
  type Spec,
  sizeOf,
} from "../array.ts";
import { primitive } from "../interpreter.ts";
import type { Primitive, PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { known, partials } from "./arithmetic.ts";
import { broadcastStrides, eachRow } from "./strided.ts";
import { sumTo } from "./broadcast.ts";
import { promote } from "./cast.ts";
import { gemm } from "./gemm.ts";
import { permute, reshape } from "./shape.ts";

/** A vector counts as a row on the left and as a column on the right. */
const asLeft = (shape: Shape): Shape => (shape.length === 1 ? [1, ...shape] : shape);
const asRight = (shape: Shape): Shape => (shape.length === 1 ? [...shape, 1] : shape);

interface Sizes {
  readonly batch: Shape;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

function sizes(x: Shape, w: Shape): Sizes {
  const shapes = `${formatShape(x)} × ${formatShape(w)}`;
  if (x.length === 0 || w.length === 0)
    throw new RangeError(
      `matmul: expected vectors or matrices, got ${shapes}; use mul for scalars`,
    );
  const [left, right] = [asLeft(x), asRight(w)];
  const [rows, depth] = left.slice(-2) as [number, number];
  const [inner, columns] = right.slice(-2) as [number, number];
  if (depth !== inner) {
    const swapped = w.length >= 2 && depth === columns;
    throw new RangeError(
      `matmul: inner dimensions differ: ${shapes}; ${swapped ? "did you mean to permute the second?" : `expected ${depth} rows in the second, got ${inner}`}`,
    );
  }
  return {
    batch: broadcastShapes("matmul", left.slice(0, -2), right.slice(0, -2)),
    rows,
    depth,
    columns,
  };
}

function outputShape(x: Shape, w: Shape): Shape {
  const { batch, rows, columns } = sizes(x, w);
  return [...batch, ...(x.length === 1 ? [] : [rows]), ...(w.length === 1 ? [] : [columns])];
}

/** The last two axes swapped. */
function swap(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return permute(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** One matrix shared by a whole batch: the batch becomes rows, and one product does it. */
const sharesRight = (x: Shape, w: Shape) => x.length > 2 && w.length <= 2;

const multiply: PrimitiveFunction<object> = primitive({
  name: "matmul",
  shape: ([x, w]) => ({
    dtype: (x as Spec).dtype,
    shape: outputShape((x as Spec).shape, (w as Spec).shape),
  }),
  evaluate([x, w], out) {
    const [left, right] = [x as NDArray, w as NDArray];
    const { batch, rows, depth, columns } = sizes(left.shape, right.shape);
    const data = allocate(out.dtype, sizeOf(out.shape));
    const product = (count: number, a: number, b: number, c: number) =>
      gemm(
        count,
        depth,
        columns,
        { data: left.data, start: a * rows * depth },
        { data: right.data, start: b * depth * columns },
        { data, start: c * rows * columns },
      );
    if (sharesRight(left.shape, right.shape)) product(rows * sizeOf(batch), 0, 0, 0);
    else {
      const shapes = [asLeft(left.shape), asRight(right.shape)].map((shape) => shape.slice(0, -2));
      const operands = [...shapes, batch].map((shape) => broadcastStrides(shape, batch));
      eachRow(batch, operands, [0, 0, 0], (length, starts, steps) => {
        const [a, b, c] = starts as [number, number, number];
        const [da, db, dc] = steps as [number, number, number];
        for (let i = 0; i < length; i++) product(rows, a + i * da, b + i * db, c + i * dc);
      });
    }
    return { ...out, data };
  },
  jvp: partials(
    (xDot, [, w]) => multiply([xDot, w], {}),
    (wDot, [x]) => multiply([x, wDot], {}),
  ),
  transpose(yBar, [x, w]) {
    const [left, right] = [x as Spec, w as Spec];
    const { batch, rows, depth, columns } = sizes(left.shape, right.shape);
    const bar = reshape(yBar, [...batch, rows, columns]);
    if (!(x instanceof Tensor)) {
      const matrix = reshape(known("matmul", w), asRight(right.shape));
      const xBar = multiply([bar, swap(matrix)], {});
      return [reshape(sumTo(xBar, asLeft(left.shape)), left.shape), null];
    }
    const matrix = reshape(x, asLeft(left.shape));
    const wBar = sharesRight(left.shape, right.shape)
      ? multiply([swap(reshape(matrix, [-1, depth])), reshape(bar, [-1, columns])], {})
      : multiply([swap(matrix), bar], {});
    return [null, reshape(sumTo(wBar, asRight(right.shape)), right.shape)];
  },
  batch([x, w], [xMapped, wMapped], size) {
    const [left, right] = [x as Tensor, w as Tensor];
    const shapeOf = (t: Tensor, mapped: boolean | undefined) =>
      mapped ? t.shape.slice(1) : t.shape;
    const [own, other] = [asLeft(shapeOf(left, xMapped)), asRight(shapeOf(right, wMapped))];
    const rank = Math.max(own.length, other.length);
    const align = (t: Tensor, shape: Shape, mapped: boolean | undefined) =>
      reshape(
        t,
        mapped ? [size, ...new Array<number>(rank - shape.length).fill(1), ...shape] : shape,
      );
    const y = multiply([align(left, own, xMapped), align(right, other, wMapped)], {});
    return reshape(y, [size, ...outputShape(shapeOf(left, xMapped), shapeOf(right, wMapped))]);
  },
});
export const matmulPrimitive: Primitive = multiply.primitive;

/** The matrix product over the last axis of x and the second-last of w; leading axes broadcast. */
export function matmul(x: TensorLike, w: TensorLike): Tensor {
  return multiply(promote("matmul", [x, w], false), {});
}
