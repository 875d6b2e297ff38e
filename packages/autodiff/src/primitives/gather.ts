// gather picks rows by index; scatterAdd puts them back, adding where an index repeats.
//
//   y[j] = x[index[j]]        x̄[i] = Σ_{j: index[j] = i} ȳ[j]
//
// Rows lie along axis 0; another axis is permuted to the front first. Under vmap the rows of all batch
// members form one long axis, and member b's indices are moved by b·length.
import { allocate, type NDArray, normalizeAxis, type Spec, sizeOf } from "../array.ts";
import { primitive } from "../interpreter.ts";
import type { Primitive, PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { broadcast, reshapeTo } from "./broadcast.ts";
import { checkInteger, toTensor } from "./cast.ts";
import { permute } from "./shape.ts";

function checkIndices(operation: string, { data }: NDArray, length: number): void {
  const bad = data.findIndex((index) => index < 0 || index >= length);
  if (bad >= 0)
    throw new RangeError(
      `${operation}: index ${data[bad]} (element ${bad}) is outside an axis of length ${length}; expected 0 to ${length - 1}`,
    );
}

const repeat = (x: Tensor, size: number) => broadcast([x], { shape: [size, ...x.shape] });

/** Indices of all batch members into one axis of size·length rows. */
function flatIndices(index: Tensor, size: number, length: number): Tensor {
  const offsets = allocate(index.dtype, size).map((_, member) => member * length);
  return add(index, new Tensor([size, ...index.shape.slice(1).map(() => 1)], index.dtype, offsets));
}

const take: PrimitiveFunction<object> = primitive({
  name: "gather",
  shape: ([x, index]) => ({
    dtype: (x as Spec).dtype,
    shape: [...(index as Spec).shape, ...(x as Spec).shape.slice(1)],
  }),
  evaluate([x, index], out) {
    const [from, at] = [x as NDArray, index as NDArray];
    checkIndices("gather", at, from.shape[0] as number);
    const row = sizeOf(from.shape.slice(1));
    const data = allocate(out.dtype, sizeOf(out.shape));
    at.data.forEach((i, j) => {
      data.set(from.data.subarray(i * row, (i + 1) * row), j * row);
    });
    return { ...out, data };
  },
  jvp: ([xDot], [, index]) => (xDot ? take([xDot, index as Tensor], {}) : null),
  transpose: (yBar, [x, index]) => [
    scatter([yBar, index as Tensor], { length: (x as Spec).shape[0] as number }),
    null,
  ],
  batch([x, index], [xMapped, indexMapped], size) {
    if (!xMapped) return take([x as Tensor, index as Tensor], {});
    const [, length, ...rest] = (x as Tensor).shape as [number, number, ...number[]];
    const at = indexMapped ? (index as Tensor) : repeat(index as Tensor, size);
    return take(
      [
        reshapeTo([x as Tensor], { shape: [size * length, ...rest] }),
        flatIndices(at, size, length),
      ],
      {},
    );
  },
});
export const gatherPrimitive: Primitive = take.primitive;

const scatter: PrimitiveFunction<{ length: number }> = primitive({
  name: "scatterAdd",
  shape: ([y, index], { length }) => ({
    dtype: (y as Spec).dtype,
    shape: [length, ...(y as Spec).shape.slice((index as Spec).shape.length)],
  }),
  evaluate([y, index], out, { length }) {
    const [from, at] = [y as NDArray, index as NDArray];
    checkIndices("scatterAdd", at, length);
    const row = sizeOf(out.shape.slice(1));
    const totals = new Float64Array(sizeOf(out.shape));
    at.data.forEach((i, j) => {
      for (let k = 0; k < row; k++)
        totals[i * row + k] = (totals[i * row + k] as number) + (from.data[j * row + k] as number);
    });
    const data = allocate(out.dtype, totals.length);
    data.set(totals);
    return { ...out, data };
  },
  jvp: ([yDot], [, index], _x, params) => (yDot ? scatter([yDot, index as Tensor], params) : null),
  transpose: (xBar, [, index]) => [take([xBar, index as Tensor], {}), null],
  batch([y, index], [yMapped, indexMapped], size, { length }) {
    const values = yMapped ? (y as Tensor) : repeat(y as Tensor, size);
    const at = indexMapped ? (index as Tensor) : repeat(index as Tensor, size);
    const x = scatter([values, flatIndices(at, size, length)], { length: size * length });
    return reshapeTo([x], { shape: [size, length, ...x.shape.slice(1)] });
  },
});
export const scatterAddPrimitive: Primitive = scatter.primitive;

/** The slices of `x` along `axis` that `indices` (i32 or u32, any shape) name. Throws when one is outside. */
export function gather(x: TensorLike, indices: TensorLike, axis = 0): Tensor {
  const from = toTensor("gather", x);
  const index = checkInteger("gather", "indices", toTensor("gather", indices, "i32"));
  const at = normalizeAxis("gather", axis, from.shape.length);
  const others = from.shape.flatMap((_, i) => (i === at ? [] : [i]));
  const y = take([permute(from, [at, ...others]), index], {});
  // y is [indices…, others…]; the index axes go to where `axis` was.
  const rank = index.shape.length;
  const indexAxes = index.shape.map((_, i) => i);
  const otherAxes = others.map((_, i) => rank + i);
  return permute(y, [...otherAxes.slice(0, at), ...indexAxes, ...otherAxes.slice(at)]);
}
