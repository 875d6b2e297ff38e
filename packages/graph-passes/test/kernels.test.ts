import {
  concat,
  cumsum,
  exp,
  matmul,
  mul,
  neg,
  sin,
  softmax,
  sum,
  type Tensor,
  tanh,
  trace,
  zeros,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { optimise, printProgram, schedule } from "../src/index.ts";

const x = zeros([4, 6]);
const printed = (f: (...x: Tensor[]) => unknown, ...inputs: Tensor[]) =>
  printProgram(schedule(optimise(trace(f as (...x: Tensor[]) => Tensor)(...inputs))));

test("a chain with broadcasts is one loop; its axes merge where all memory is walked in order", () => {
  expect(printed((x, b) => tanh(x.mul(2)).add(b), x, zeros([6]))).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6] x1:f64[6]
    buffers y2:f64[4,6]
    0 loop [4,6]
        v1 = mul x0(6,1) 2
        v2 = tanh v1
        v3 = add x1(0,1) v2
        y2(6,1) <- v3
    outputs y2"
  `);
  expect(printed((x) => tanh(x.mul(2)), x)).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6]
    buffers y1:f64[4,6]
    0 loop [24]
        v1 = mul x0(1) 2
        v2 = tanh v1
        y1(1) <- v2
    outputs y1"
  `);
});

test("a softmax stores what it folds, which the division reads again", () => {
  expect(printed((x) => softmax(x, 1), x)).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6]
    buffers t1:f64[4] t2:f64[4,6] t3:f64[4] y4:f64[4,6]
    0 reduce [4] over [6]
        r = max x0(6,1)
        t1(1) <- r
    1 reduce [4] over [6]
        v0 = sub x0(6,1) t1(1,0)
        v1 = exp v0
        t2(6,1) <- v1
        r = sum v1
        t3(1) <- r
    2 loop [4,6]
        v0 = div t2(6,1) t3(1,0)
        y4(6,1) <- v0
    outputs y4"
  `);
});

test("a reduction over leading axes keeps the contiguous axis; what follows the fold is its epilogue", () => {
  expect(printed((x) => sum(x.square(), [0, 1]).sqrt(), zeros([2, 4, 6]))).toMatchInlineSnapshot(`
    "inputs x0:f64[2,4,6]
    buffers y1:f64[6]
    0 reduce [6] over [8]
        v0 = mul x0(1,6) x0(1,6)
        r = sum v0
        v0 = sqrt r
        y1(1) <- v0
    outputs y1"
  `);
});

test("concat and pad write parts of one array, and are read from it", () => {
  expect(printed((x, y) => concat([sin(x), exp(y)], 1).mul(2), x, x)).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6] x1:f64[4,6]
    buffers t2:f64[4,12] y3:f64[4,12]
    0 loop [4,6]
        v0 = sin x0(6,1)
        t2(12,1) <- v0
    1 loop [4,6]
        v0 = exp x1(6,1)
        t2(6; 12,1) <- v0
    2 loop [48]
        v1 = mul t2(1) 2
        y3(1) <- v1
    outputs y3"
  `);
  expect(
    printed(
      (x) =>
        sin(x).pad([
          [1, 0],
          [0, 2],
        ]),
      x,
    ),
  ).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6]
    buffers y1:f64[5,8]
    0 zero y1
    1 loop [4,6]
        v0 = sin x0(6,1)
        y1(8; 8,1) <- v0
    outputs y1"
  `);
});

test("a permute, a shared matrix and a vector are operands as they lie", () => {
  expect(
    printed((x, w) => matmul(x.permute([1, 2, 0]), w), zeros([3, 2, 4]), zeros([3, 5])),
  ).toMatchInlineSnapshot(`
    "inputs x0:f64[3,2,4] x1:f64[3,5]
    buffers y2:f64[2,4,5]
    0 matmul 8×3×5
        p = x0(1,8) · x1(5,1)
        y2(5,1) <- p
    outputs y2"
  `);
  expect(printed((x, w) => matmul(x, w), zeros([4]), zeros([4, 5]))).toMatchInlineSnapshot(`
    "inputs x0:f64[4] x1:f64[4,5]
    buffers y2:f64[5]
    0 matmul 1×4×5
        p = x0(0,1) · x1(5,1)
        y2(5,1) <- p
    outputs y2"
  `);
});

test("rows become a batch again where the epilogue tells them apart", () => {
  const f = (v: Tensor, w: Tensor, z: Tensor) => matmul(v, w).mul(z);
  expect(printed(f, zeros([3, 4, 6]), zeros([6, 5]), zeros([4, 5]))).toMatchInlineSnapshot(`
    "inputs x0:f64[3,4,6] x1:f64[6,5] x2:f64[4,5]
    buffers y3:f64[3,4,5]
    0 matmul [3] 4×6×5
        p = x0(24,6,1) · x1(0,5,1)
        v0 = mul x2(0,5,1) p
        y3(20,5,1) <- v0
    outputs y3"
  `);
  const g = (v: Tensor, w: Tensor, z: Tensor) =>
    matmul(v.reshape([12, 6]), w)
      .reshape([3, 4, 5])
      .mul(z);
  expect(printed(g, zeros([3, 4, 6]), zeros([6, 5]), zeros([4, 5]))).toBe(
    printed(f, zeros([3, 4, 6]), zeros([6, 5]), zeros([4, 5])),
  );
});

test("a cheap function of one array is computed by each reader; one of two arrays is stored once", () => {
  const f = (g: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) => {
    const z = g(x, y);
    return [sum(z), sum(sin(z), 0)];
  };
  expect(printed(f(neg), x, x)).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6] x1:f64[4,6]
    buffers y2:f64[] y3:f64[6]
    0 reduce [] over [24]
        v0 = neg x0(1)
        r = sum v0
        y2() <- r
    1 reduce [6] over [4]
        v0 = neg x0(1,6)
        v1 = sin v0
        r = sum v1
        y3(1) <- r
    outputs y2 y3"
  `);
  expect(printed(f(mul), x, x)).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6] x1:f64[4,6]
    buffers t2:f64[4,6] y3:f64[] y4:f64[6]
    0 reduce [] over [24]
        v0 = mul x0(1) x1(1)
        v1 = sin v0
        t2(1) <- v1
        r = sum v0
        y3() <- r
    1 reduce [6] over [4]
        r = sum t2(1,6)
        y4(1) <- r
    outputs y3 y4"
  `);
});

test("nodes go to the kernel that alone reads them, if it has their inputs at hand", () => {
  const f = (x: Tensor, w: Tensor) => {
    const z = matmul(x, w);
    return [z, sum(z.mul(z).add(z).mul(z), 0)];
  };
  expect(printed(f, zeros([4, 6]), zeros([6, 6]))).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6] x1:f64[6,6]
    buffers y2:f64[4,6] y3:f64[6]
    0 matmul 4×6×6
        p = x0(6,1) · x1(6,1)
        y2(6,1) <- p
    1 reduce [6] over [4]
        v0 = mul y2(1,6) y2(1,6)
        v1 = add y2(1,6) v0
        v2 = mul y2(1,6) v1
        r = sum v2
        y3(1) <- r
    outputs y2 y3"
  `);
  const g = (x: Tensor, w: Tensor) => sum(tanh(matmul(x, w)), 0);
  expect(printed(g, zeros([4, 6]), zeros([6, 6]))).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6] x1:f64[6,6]
    buffers t2:f64[4,6] y3:f64[6]
    0 matmul 4×6×6
        p = x0(6,1) · x1(6,1)
        v0 = tanh p
        t2(6,1) <- v0
    1 reduce [6] over [4]
        r = sum t2(1,6)
        y3(1) <- r
    outputs y3"
  `);
});

test("loops that read the same array become one", () => {
  const f = (x: Tensor) => [sin(x), cumsum(exp(x))];
  expect(printed(f, x)).toMatchInlineSnapshot(`
    "inputs x0:f64[4,6]
    buffers y1:f64[4,6] t2:f64[4,6] y3:f64[4,6]
    0 loop [24]
        v0 = sin x0(1)
        v1 = exp x0(1)
        y1(1) <- v0
        t2(1) <- v1
    1 cumsum t2 -> y3
    outputs y1 y3"
  `);
});
