// gather picks rows by index; scatterAdd puts them back, adding where an index repeats.
//
//   y[j] = x[index[j]]        x̄[i] = Σ_{j: index[j] = i} ȳ[j]
//
// Rows lie along axis 0; another axis is permuted to the front first. Under vmap the rows of all batch
// members lie end to end, and so do their indices.
import { allocate, type NDArray, normalizeAxis, sizeOf } from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import type { PrimitiveFunction } from "../primitive.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { reshapeTo } from "./broadcast.ts";
import { toTensor } from "./cast.ts";
import { moveAxis, permute, withBatch } from "./shape.ts";

interface GatherParams {
  /** Into how many equal parts rows and indices fall: part k of the indices counts within part k of the rows. */
  readonly members: number;
}
interface ScatterParams extends GatherParams {
  /** Rows of each part. */
  readonly length: number;
}

/** Calls `visit` with each row and its position; throws for an index outside 0 … length − 1. */
function eachRowOf(
  name: string,
  { data }: NDArray,
  { members, length }: ScatterParams,
  visit: (row: number, j: number) => void,
): void {
  const each = data.length / members;
  data.forEach((i, j) => {
    if (i < 0 || i >= length)
      throw fail`${name}: index ${i} (element ${j % each}) is outside an axis of length ${length}; expected 0 to ${length - 1}`;
    visit(Math.floor(j / each) * length + i, j);
  });
}

/** The batch axis and the rows after it as one axis. */
const merge = ({ shape }: Tensor): number[] => [shape[0]! * shape[1]!, ...shape.slice(2)];

export const take: PrimitiveFunction<GatherParams> = primitive({
  name: "gather",
  shape: ([x, index]) => ({ dtype: x!.dtype, shape: [...index!.shape, ...x!.shape.slice(1)] }),
  evaluate([x, index], { dtype, shape }, { members }) {
    const size = sizeOf(x!.shape.slice(1));
    const data = allocate(dtype, sizeOf(shape));
    eachRowOf("gather", index!, { members, length: x!.shape[0]! / members }, (row, j) =>
      data.set(x!.data.subarray(row * size, (row + 1) * size), j * size),
    );
    return { dtype, shape, data };
  },
  jvp: ([xDot], [, index], _y, params) => (xDot ? take([xDot, index!], params) : null),
  transpose: (yBar, [x, index], { members }) => [
    scatter([yBar, index as Tensor], { members, length: x!.shape[0]! / members }),
    null,
  ],
  batch([x, index], [isMapped, indexIsMapped], size, { members }) {
    if (!isMapped && members === 1) return take([x!, index!], { members });
    const rows = withBatch(x!, isMapped, size);
    const at = withBatch(index!, indexIsMapped, size);
    return take([reshapeTo([rows], { shape: merge(rows) }), at], { members: size * members });
  },
});

export const scatter: PrimitiveFunction<ScatterParams> = primitive({
  name: "scatterAdd",
  shape: ([y, index], { members, length }) => ({
    dtype: y!.dtype,
    shape: [members * length, ...y!.shape.slice(index!.shape.length)],
  }),
  evaluate([y, index], { dtype, shape }, params) {
    const size = sizeOf(shape.slice(1));
    const totals = new Float64Array(sizeOf(shape));
    eachRowOf("scatterAdd", index!, params, (row, j) => {
      for (let k = 0; k < size; k++) totals[row * size + k]! += y!.data[j * size + k]!;
    });
    const data = allocate(dtype, totals.length);
    data.set(totals);
    return { dtype, shape, data };
  },
  jvp: ([yDot], [, index], _x, params) => (yDot ? scatter([yDot, index!], params) : null),
  transpose: (xBar, [, index], { members }) => [take([xBar, index as Tensor], { members }), null],
  batch([y, index], [isMapped, indexIsMapped], size, { members, length }) {
    const inputs = [withBatch(y!, isMapped, size), withBatch(index!, indexIsMapped, size)];
    const x = scatter(inputs, { members: size * members, length });
    return reshapeTo([x], { shape: [size, members * length, ...x.shape.slice(1)] });
  },
});

/** The slices of `x` along `axis` that `indices` (i32 or u32, any shape) name. Throws when one is outside. */
export function gather(x: TensorLike, indices: TensorLike, axis = 0): Tensor {
  const from = toTensor("gather", x);
  const index = toTensor("gather", indices, "i32");
  if (!["i32", "u32"].includes(index.dtype))
    throw fail`gather: expected i32 or u32 indices, got ${index}; use astype(x, "i32")`;
  const at = normalizeAxis("gather", axis, from.shape.length);
  const y = take([moveAxis(from, at, 0), index], { members: 1 });
  // y is [indices…, others…]; the index axes go to where `axis` was.
  const order = from.shape.slice(1).map((_, i) => index.shape.length + i);
  order.splice(at, 0, ...index.shape.keys());
  return permute(y, order);
}
