// A matmul as what it is by definition: products summed over the depth. For integers, and for sizes where packing
// does not pay.
//
//   c[b…, i, j] = Σₖ a[b…, i, k]·w[b…, k, j] = reduce over k of a loop over [b…, i, j, k]
import type { MatmulKernel, ReduceKernel } from "@cotangent/graph-passes";

export function asReduction(kernel: MatmulKernel): ReduceKernel {
  const { batch, rows, columns, depth, left, right, dtype, epilogue } = kernel;
  const axes = batch.length;
  const [row, inLeft] = left.strides.slice(axes) as [number, number];
  const [inRight, column] = right.strides.slice(axes) as [number, number];
  return {
    kind: "reduce",
    fold: "sum",
    kept: [...batch, rows, columns],
    reduced: [depth],
    code: {
      given: [],
      loads: [
        { ...left, strides: [...left.strides.slice(0, axes), row, 0, inLeft] },
        { ...right, strides: [...right.strides.slice(0, axes), 0, column, inRight] },
      ],
      steps: [{ op: "mul", inputs: [0, 1], dtype }],
      stores: [],
    },
    folded: 2,
    epilogue,
  };
}
