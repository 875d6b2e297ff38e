// gather picks rows by index; scatterAdd puts them back, adding where an index repeats.
//
//   y[j] = x[index[j]]        x̄[i] = Σ_{j: index[j] = i} ȳ[j]
//
// Rows lie along axis 0; another axis is permuted to the front first. Under vmap the rows of all batch
// members form one long axis, and member b's indices are moved by b·length.
import { allocate, type NDArray, normalizeAxis, sizeOf } from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import type { PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { reshapeTo } from "./broadcast.ts";
import { toTensor } from "./cast.ts";
import { broadcastTo, permute } from "./shape.ts";

/** Calls `visit` with each index and its position; throws for one outside 0 … length − 1. */
function eachIndex(
  name: string,
  { data }: NDArray,
  length: number,
  visit: (i: number, j: number) => void,
): void {
  data.forEach((i, j) => {
    if (i < 0 || i >= length)
      throw fail`${name}: index ${i} (element ${j}) is outside an axis of length ${length}; expected 0 to ${length - 1}`;
    visit(i, j);
  });
}

/** `x` with a batch in front, repeated where it is not mapped. */
const lift = (x: Tensor, isMapped: boolean, size: number) =>
  isMapped ? x : broadcastTo(x, [size, ...x.shape]);

/** Indices of all batch members into one axis of size·length rows. */
function flatIndices(index: Tensor, size: number, length: number): Tensor {
  const offsets = allocate(index.dtype, size).map((_, member) => member * length);
  const shape = index.shape.map((_, axis) => (axis === 0 ? size : 1));
  return add(index, new Tensor(shape, index.dtype, offsets));
}

export const take: PrimitiveFunction<object> = primitive({
  name: "gather",
  shape: ([x, index]) => ({ dtype: x!.dtype, shape: [...index!.shape, ...x!.shape.slice(1)] }),
  evaluate([x, index], { dtype, shape }) {
    const row = sizeOf(x!.shape.slice(1));
    const data = allocate(dtype, sizeOf(shape));
    eachIndex("gather", index!, x!.shape[0]!, (i, j) =>
      data.set(x!.data.subarray(i * row, (i + 1) * row), j * row),
    );
    return { dtype, shape, data };
  },
  jvp: ([xDot], [, index]) => (xDot ? take([xDot, index!], {}) : null),
  transpose: (yBar, [x, index]) => [
    scatter([yBar, index as Tensor], { length: x!.shape[0]! }),
    null,
  ],
  batch([x, index], [isMapped, indexIsMapped], size) {
    if (!isMapped) return take([x!, index!], {});
    const [, length, ...rest] = x!.shape as [number, number, ...number[]];
    const rows = reshapeTo([x!], { shape: [size * length, ...rest] });
    return take([rows, flatIndices(lift(index!, indexIsMapped!, size), size, length)], {});
  },
});

export const scatter: PrimitiveFunction<{ readonly length: number }> = primitive({
  name: "scatterAdd",
  shape: ([y, index], { length }) => ({
    dtype: y!.dtype,
    shape: [length, ...y!.shape.slice(index!.shape.length)],
  }),
  evaluate([y, index], { dtype, shape }, { length }) {
    const row = sizeOf(shape.slice(1));
    const totals = new Float64Array(sizeOf(shape));
    eachIndex("scatterAdd", index!, length, (i, j) => {
      for (let k = 0; k < row; k++) totals[i * row + k]! += y!.data[j * row + k]!;
    });
    const data = allocate(dtype, totals.length);
    data.set(totals);
    return { dtype, shape, data };
  },
  jvp: ([yDot], [, index], _x, params) => (yDot ? scatter([yDot, index!], params) : null),
  transpose: (xBar, [, index]) => [take([xBar, index as Tensor], {}), null],
  batch([y, index], [isMapped, indexIsMapped], size, { length }) {
    const at = flatIndices(lift(index!, indexIsMapped!, size), size, length);
    const x = scatter([lift(y!, isMapped!, size), at], { length: size * length });
    return reshapeTo([x], { shape: [size, length, ...x.shape.slice(1)] });
  },
});

/** The slices of `x` along `axis` that `indices` (i32 or u32, any shape) name. Throws when one is outside. */
export function gather(x: TensorLike, indices: TensorLike, axis = 0): Tensor {
  const from = toTensor("gather", x);
  const index = toTensor("gather", indices, "i32");
  if (!["i32", "u32"].includes(index.dtype))
    throw fail`gather: expected i32 or u32 indices, got ${index}; use astype(x, "i32")`;
  const at = normalizeAxis("gather", axis, from.shape.length);
  const others = from.shape.map((_, i) => i).filter((i) => i !== at);
  const y = take([permute(from, [at, ...others]), index], {});
  // y is [indices…, others…]; the index axes go to where `axis` was.
  const order = others.map((_, i) => index.shape.length + i);
  order.splice(at, 0, ...index.shape.keys());
  return permute(y, order);
}
