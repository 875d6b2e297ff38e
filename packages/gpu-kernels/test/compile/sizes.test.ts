// Sizes at which kernels change: nothing, one, a block of 64 and its neighbours, stages, arrays with many rows.
import {
  add,
  argmax,
  argsort,
  concat,
  cumsum,
  exp,
  flip,
  gather,
  grad,
  greater,
  matmul,
  max,
  mul,
  pad,
  permute,
  reshape,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "@cotangent/autodiff";
import { afterAll, describe, expect, test } from "vitest";
import { numbers, sample } from "../../../autodiff/test/support/sample.ts";
import { compile } from "../../src/compile/index.ts";
import { openBackends } from "../support/backends.ts";
import { expectAgrees, type F } from "./agree.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});
const cpu = tested[0]!;
const agree = (f: (...x: Tensor[]) => unknown, ...args: Tensor[]) =>
  expectAgrees(cpu, f as F, args);
/** Uniform f32 numbers: quick to draw in large numbers. */
const many = (shape: readonly number[], seed: number): Tensor => {
  const next = numbers(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: size }, () => 2 * next() - 1)).reshape(shape);
};

describe("elementwise code", () => {
  test.each([0, 1, 2, 17])("of %i elements", async (n) => {
    const [x, y, m] = [sample([n], 1), sample([n], 2), sample([3, n], 3)];
    await agree((a, b) => [add(mul(a!, b!), 2), concat([a!, mul(2, b!)]), flip(a!)], x, y);
    await agree(
      (a, b) => [
        permute(add(a!, b!)),
        pad(a!, [
          [1, 0],
          [2, 1],
        ]),
      ],
      m,
      x,
    );
  });
});

describe("folds", () => {
  test.each([0, 1, 63, 64, 65, 130, 1025, 5003])(
    "of %i terms, in a vector and in columns",
    async (n) => {
      const x = many([n], 1);
      await agree((a) => [sum(a!), sum(mul(a!, a!)), sum(exp(a!))], x);
      await agree((a) => [sum(greater(a!, 0)), cumsum(a!)], x);
      if (n > 0) await agree((a) => [max(a!), max(a!.sub(9)), argmax(a!)], x);
      const y = many([n, 3], 2);
      await agree((a) => [sum(a!, 0), sum(a!, 1), cumsum(a!, 0)], y);
      if (n > 0) await agree((a) => [max(a!, 0), max(a!, 1), argmax(a!, 0)], y);
    },
  );
  test("over several axes, in and out of order", async () => {
    const x = sample([4, 3, 5, 2], 1);
    for (const axes of [[0], [1, 3], [0, 2], [0, 1, 2, 3], [1, 2, 3]])
      await agree((a) => [sum(a!, axes), max(tanh(a!), axes)], x);
  });
  test("of many terms need no loop of a thousand, and keep their digits", async () => {
    const x = many([100_003], 3).abs();
    await agree((a) => [sum(a!), max(a!)], x);
    await agree((a) => [sum(a!, 0), sum(square(a!), 1)], many([3001, 7], 4));
    const step = compile(cpu.device, (a: Tensor) => [sum(a), sum(reshape(a, [-1, 1]), 0)]);
    await step(x);
    for (const { source } of step.kernels()) {
      const lengths = [...source.matchAll(/< (\d+);/g)].map((found) => Number(found[1]));
      expect(Math.max(...lengths)).toBeLessThanOrEqual(1024);
    }
    await step.destroy();
  });
  test("of infinities and NaN", async () => {
    const x = sample([70, 70], 1).astype("f32");
    const holes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    holes.forEach((hole, i) => {
      x.data.fill(hole, 70 * i + 3, 70 * i + 4);
    });
    await agree((a) => [sum(a!, 0), sum(a!, 1), max(a!, 0), max(a!, 1), argmax(a!, 1)], x);
    await agree((a) => [cumsum(a!, 1), argsort(a!, 0)], x);
  });
});

describe("products", () => {
  const shapes = [
    [1, 1, 1],
    [3, 2, 5],
    [17, 65, 3],
    [1, 40, 70],
    [70, 40, 1],
    [3, 0, 2],
    [0, 3, 2],
    [2, 3000, 3],
  ] as const;
  test.each(shapes)("%i × %i × %i, with transposed operands and epilogues", async (m, k, n) => {
    const [a, b] = [many([m, k], 1), many([k, n], 2)];
    const [at, bt] = [many([k, m], 3), many([n, k], 4)];
    const [bias, other] = [many([n], 5), many([m, n], 6)];
    await agree((x, w, c) => tanh(add(matmul(x!, w!), c!)), a, b, bias);
    await agree((x, w, c) => mul(matmul(permute(x!), w!), c!), at, b, other);
    await agree((x, w) => permute(matmul(permute(x!), permute(w!))), at, bt);
    await agree((x, w, c) => [add(matmul(x!, w!), c!), sum(matmul(x!, w!))], a, b, other);
  });
  test("batched, with one operand shared", async () => {
    const [a, b, one] = [many([3, 4, 5], 1), many([3, 5, 2], 2), many([5, 2], 3)];
    await agree((x, w) => tanh(matmul(x!, w!)), a, b);
    await agree((x, w) => matmul(x!, w!), a, one);
    await agree((x, w) => matmul(x!, w!), many([2, 1, 4, 5], 4), b);
    await agree((x, w) => sum(matmul(permute(x!, [0, 2, 1]), w!), 0), many([3, 5, 4], 5), b);
  });
});

describe("arrays with a great many elements", () => {
  test("are read and written at the right place beyond 2²⁰ rows, and beyond 2²⁴ elements", async () => {
    // Position i holds i mod 8191: a neighbour taken for another one shows.
    const marked = (size: number) =>
      tensor(Float32Array.from({ length: size }, (_, i) => i % 8191));
    const check = async (shape: number[], f: (x: Tensor) => Tensor) => {
      const x = marked(shape.reduce((a, b) => a * b)).reshape(shape);
      const step = compile(cpu.device, f);
      const [got, want] = [await step(x), f(x)];
      expect(got.shape).toEqual(want.shape);
      const wrong = got.data.findIndex((y, i) => y !== want.data[i]);
      expect(wrong).toBe(-1);
      await step.destroy();
    };
    await check([1_400_003, 3], (x) => slice2(x));
    await check([3, 1_400_003], (x) => permute(x));
    await check([700, 6001], (x) => reshape(add(x, 1), [6001, 700]));
    // Beyond 2²⁴ elements a flat position is no f32 number.
    await check([5600, 3001], (x) => add(x, 1));
  }, 60_000);
  const slice2 = (x: Tensor) => flip(x.slice([1, 1]), [0]);

  test("that no array of the device holds are refused by name", () => {
    const small = { ...cpu.device, limits: { ...cpu.device.limits, elements: 100, inputs: 8 } };
    const step = compile(small, (x: Tensor) => mul(x.reshape([11, 1]), x));
    expect(() => step(many([11], 1))).toThrow(
      /compile: an array \[11,11\] has 121 elements; expected at most 100/,
    );
    const long = compile(cpu.device, (x: Tensor) => sum(add(x.broadcastTo([2 ** 24 + 1]), x)));
    expect(() => long(tensor(1, { dtype: "f32" }))).toThrow(/where f32 indices end/);
  });
});

describe("kernels that would read more arrays than a device allows", () => {
  const narrow = { ...cpu.device, limits: { ...cpu.device.limits, inputs: 4 } };
  const vectors = Array.from({ length: 11 }, (_, i) => sample([5], i));
  const check = async (f: (...x: Tensor[]) => unknown, ...args: Tensor[]) => {
    await expectAgrees({ device: narrow, tolerance: 1e-6 }, f as F, args);
    const step = compile(narrow, f as (...x: Tensor[]) => Tensor[]);
    await step(...args.map((x) => x.astype("f32")));
    for (const { inputs } of step.kernels())
      expect(Object.keys(inputs).length).toBeLessThanOrEqual(4);
    await step.destroy();
  };
  test("compute parts first", async () => {
    await check((...x) => x.reduce((a, b, i) => tanh(add(a, mul(b, i)))), ...vectors);
    await check(
      (...x) => concat(x.map((y) => mul(y, x[0]!).add(x[1]!).add(x[2]!).add(x[3]!))),
      ...vectors,
    );
  });
  test("sum, and go on with products, likewise", async () => {
    await check((...x) => sum(x.reduce((a, b) => mul(a, add(b, 1)))), ...vectors);
    const [a, b] = [sample([3, 4], 1), sample([4, 5], 2)];
    await check(
      (x, w, ...c) => c.reduce((y, z) => mul(y, add(z, 1)), matmul(x!, w!)),
      a,
      b,
      ...vectors,
    );
    await check((...x) => max(x.reduce((y, z) => add(y, tanh(z)))), ...vectors);
  });
});

test("gather and scatterAdd with many indices go in stages, in order", async () => {
  const n = 2500;
  const index = tensor(Int32Array.from({ length: n }, (_, i) => (i * 7919) % 5));
  const x = many([5, 2], 1);
  await agree((a) => gather(a!, index), x);
  await agree((a) => grad((z: Tensor) => sum(square(gather(z, index))))(a!), x);
});
