import { concat, cumsum, matmul, sum, type Tensor, tanh, trace, zeros } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { counts, schedule } from "../src/index.ts";

const counted = (f: (...x: Tensor[]) => unknown, ...x: Tensor[]) =>
  counts(schedule(trace(f as (...x: Tensor[]) => Tensor)(...x)));

test("a step is one operation an element, transcendental or not; constants are none", () => {
  // 6 elements of 8 bytes read and written.
  expect(counted((x) => tanh(x).mul(2), zeros([2, 3]))).toEqual([{ flops: 12, bytes: 96 }]);
});

test("what is broadcast is read once", () => {
  const [row, all] = [zeros([3], { dtype: "f32" }), zeros([2, 3], { dtype: "f32" })];
  expect(counted((x, b) => x.add(b), all, row)).toEqual([{ flops: 6, bytes: 4 * (6 + 3 + 6) }]);
});

test("a product has two operations a term, and its epilogue's", () => {
  const f = (x: Tensor, w: Tensor, b: Tensor) => matmul(x, w).add(b);
  const flops = 2 * 4 * 5 * 6 + 4 * 6;
  const bytes = 8 * (4 * 5 + 5 * 6 + 6 + 4 * 6);
  expect(counted(f, zeros([4, 5]), zeros([5, 6]), zeros([6]))).toEqual([{ flops, bytes }]);
});

test("a batch that shares a matrix reads it once", () => {
  const f = (x: Tensor, w: Tensor) => matmul(x, w);
  const bytes = 8 * (3 * 4 * 5 + 5 * 6 + 3 * 4 * 6);
  expect(counted(f, zeros([3, 4, 5]), zeros([5, 6]))).toEqual([
    { flops: 2 * 3 * 4 * 5 * 6, bytes },
  ]);
});

test("a reduction has one operation for each element that is folded", () => {
  const f = (x: Tensor) => sum(x.square(), 1).mul(0.5);
  expect(counted(f, zeros([2, 3]))).toEqual([{ flops: 6 + 6 + 2, bytes: 8 * (6 + 2) }]);
});

test("zeroing, copying and opaque equations move what they touch", () => {
  expect(counted((x) => x.pad([[1, 1]]), zeros([3]))).toEqual([
    { flops: 0, bytes: 40 },
    { flops: 0, bytes: 48 },
  ]);
  expect(counted((x, y) => concat([x, y]), zeros([1]), zeros([2]))).toEqual([
    { flops: 0, bytes: 16 },
    { flops: 0, bytes: 32 },
  ]);
  expect(counted((x) => cumsum(x), zeros([4]))).toEqual([{ flops: 4, bytes: 64 }]);
});
