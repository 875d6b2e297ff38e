/** The epilogue of a product reaches every element, however the rows are cut into blocks. */
import { matmul, relu, Tensor } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { describe, expect, test } from "vitest";

const filled = (shape: number[], value: number, dtype: "f64" | "f32"): Tensor => {
  const size = shape.reduce((a, b) => a * b);
  const data = dtype === "f64" ? new Float64Array(size) : new Float32Array(size);
  return new Tensor(shape, dtype, data.fill(value));
};

// Rows of 64 kB and more come in several blocks; odd columns make vectors cross from one row into the next.
const sizes = [
  [1, 2100, 33],
  [2, 1100, 65],
  [3, 200, 129],
  [3, 973, 17],
  [4, 295, 57],
  [4, 344, 49],
  [5, 700, 31],
  [7, 300, 129],
  [40, 500, 77],
  // A wide right operand, packed piece by piece for some rows at a time.
  [701, 530, 203],
] as const;

describe.each(["f32", "f64"] as const)("in %s", (dtype) => {
  test.each(sizes)("depth %i, %i rows of %i columns", (depth, rows, columns) => {
    const x = filled([rows, depth], -1, dtype);
    const w = filled([depth, columns], 1, dtype);
    for (const threads of [1, 2]) {
      const f = (a: Tensor, b: Tensor) => [matmul(a, b), relu(matmul(a, b)), matmul(a, b).neg()];
      const [product, positive, opposite] = compile(f, { threads })(x, w);
      expect(product!.data.every((value) => value === -depth)).toBe(true);
      expect(positive!.data.every((value) => value === 0)).toBe(true);
      expect(opposite!.data.every((value) => value === depth)).toBe(true);
    }
  });
});
