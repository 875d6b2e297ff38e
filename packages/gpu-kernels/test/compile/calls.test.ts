// What a function compiled for a device takes and gives: trees, signatures, conversions, results of its own.
import {
  add,
  div,
  grad,
  greater,
  matmul,
  mul,
  print,
  random,
  square,
  sum,
  Tensor,
  tensor,
  tree,
  where,
} from "@cotangent/autodiff";
import { afterAll, describe, expect, test } from "vitest";
import { compile, maxSignatures } from "../../src/compile/index.ts";
import { openDevice } from "../../src/index.ts";

const device = await openDevice({ mode: "cpu" });
afterAll(() => device.destroy());
const vector = (...values: number[]) => tensor(values);
const numbers = (x: unknown) => (x as Tensor).toArray();

describe("arguments and results are trees", () => {
  const f = ({ w, b }: { w: Tensor; b: Tensor[] }, x: Tensor) => ({
    y: [add(mul(w, x), b[0]!), b[1]!],
    x,
    two: tensor(2),
    again: x,
  });
  test("of the same structure as the function's own, with floats in f32", async () => {
    const params = { w: vector(1, 2), b: [vector(3, 4), tensor(5)] };
    const result = await compile(device, f)(params, vector(6, 7));
    expect(result.y.map(numbers)).toEqual([[9, 18], 5]);
    expect([result.x, result.two, result.again].map(numbers)).toEqual([[6, 7], 2, [6, 7]]);
    for (const y of tree.leaves(result)) expect(y.dtype).toBe("f32");
    expect(result.x.data).not.toBe(result.again.data);
  });
  test("keys in another order are the same tree and the same program", async () => {
    const step = compile(device, f);
    const first = { w: vector(1), b: [vector(2), vector(3)] };
    await step(first, vector(4));
    const { graph } = step;
    await step({ b: first.b, w: first.w }, vector(4));
    expect(step.graph).toBe(graph);
  });
  test("numbers, booleans and typed arrays are leaves", async () => {
    const scale = compile(device, (x: Tensor, s: Tensor, isOn: Tensor) => [mul(x, s), isOn]);
    const given = [Float64Array.of(1, 2), 3, true] as unknown as [Tensor, Tensor, Tensor];
    expect((await scale(...given)).map(numbers)).toEqual([[3, 6], true]);
  });
  test("no argument, no result, no kernel, no element", async () => {
    expect(numbers(await compile(device, () => vector(1, 2))())).toEqual([1, 2]);
    expect(await compile(device, (_x: Tensor) => [] as Tensor[])(vector(1))).toEqual([]);
    const empty = compile(device, (x: Tensor) => [mul(x, 2), sum(x), x.reshape([2, 0])]);
    const [y, s, z] = await empty(tensor(new Float32Array(0)));
    expect([y!.shape, numbers(s), z!.shape]).toEqual([[0], 0, [2, 0]]);
  });
  test("one array twice among the results is two arrays", async () => {
    const twice = (x: Tensor) => {
      const y = mul(x, 2);
      return [y, y];
    };
    const [a, b] = await compile(device, twice)(vector(1));
    a!.data[0] = 50;
    expect(numbers(b)).toEqual([2]);
  });
  test("constants that no literal holds: infinities, NaN and a negative zero", async () => {
    const g = (x: Tensor) => [
      where(greater(x, 0), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
      add(x, Number.NaN),
      div(1, mul(square(x), -0)),
    ];
    const got = await compile(device, g)(vector(1, -2));
    expect(got.map(numbers)).toEqual([
      [Infinity, -Infinity],
      [Number.NaN, Number.NaN],
      [-Infinity, -Infinity],
    ]);
  });
  test("results that do not depend on arguments, or are moved arguments", async () => {
    const g = (x: Tensor) => [mul(tensor([1, 2]), 3), x.reshape([2, 1]), x.reshape([1, 2])];
    expect((await compile(device, g)(vector(5, 6))).map(numbers)).toEqual([
      [3, 6],
      [[5], [6]],
      [[5, 6]],
    ]);
  });
});

describe("calls", () => {
  test("that do not wait for each other keep their own arguments and results", async () => {
    const square = compile(device, (x: Tensor) => mul(x, x));
    const x = tensor(new Float32Array(1));
    const calls = [1, 2, 3, 4].map((value) => {
      x.data[0] = value;
      return square(x);
    });
    x.data[0] = 99;
    expect((await Promise.all(calls)).map(numbers)).toEqual([[1], [4], [9], [16]]);
  });
  test("of one program give the same bits, which are their own", async () => {
    const noise = compile(device, (key: Tensor) => random.normal(key, [1301], { dtype: "f32" }));
    const [a, b] = [await noise(random.key(7)), await noise(random.key(7))];
    expect(a.data).toEqual(b.data);
    a.data.fill(0);
    expect((await noise(random.key(7))).data).toEqual(b.data);
  });
  test("trace once per signature; the least recent is forgotten beyond a stated number, but finishes", async () => {
    let traces = 0;
    const step = compile(device, (x: Tensor) => {
      traces++;
      return mul(x, 2);
    });
    const of = (n: number) => tensor(new Float32Array(n).fill(n));
    const all = await Promise.all(
      Array.from({ length: maxSignatures + 1 }, (_, i) => step(of(i + 1))),
    );
    for (const [i, y] of all.entries()) expect(y.data[i]).toBe(2 * (i + 1));
    await step(of(maxSignatures + 1));
    await step(tensor(new Float64Array(maxSignatures + 1)));
    expect(traces).toBe(maxSignatures + 1);
    await step(of(1));
    expect(traces).toBe(maxSignatures + 2);
  });
});

describe("what a compiled function says of itself", () => {
  test("its graph, its program, its kernels and its name", async () => {
    const step = compile(device, function energy(x: Tensor, w: Tensor) {
      return sum(matmul(x, w).tanh());
    });
    await step(tensor([[1, 2]]), tensor([[3], [4]]));
    expect(step.name).toBe("compiled energy");
    expect(print(step.graph)).toMatch(/matmul x w/);
    expect(step.program()).toMatch(/on the device\n.*\n.*\n0 matmul 1×2×1/);
    const [first] = step.kernels();
    expect(first!.name).toBe("matmul");
    expect(first!.source).toMatch(/x0\[0.0\]\[t\d+\] \* x1\[t\d+\]\[0.0\]|x0/);
  });
  test("a kernel's text is the same for the same computation, so that a device makes it once", async () => {
    const layers = (x: Tensor, ws: Tensor[]) => ws.reduce((h, w) => matmul(h, w).tanh(), x);
    const step = compile(device, layers);
    const w = tensor(new Float32Array(16)).reshape([4, 4]);
    await step(tensor(new Float32Array(8)).reshape([2, 4]), [w, w, w, w]);
    const texts = step.kernels().map(({ source }) => source);
    expect([texts.length, new Set(texts).size]).toEqual([4, 1]);
  });
});

test("transformations of a function compile like the function", async () => {
  const f = (x: Tensor) => sum(mul(mul(x, x), x));
  expect(numbers(await compile(device, grad(f) as typeof f)(vector(1, 2)))).toEqual([3, 12]);
  expect(await compile(device, f)(vector(1, 2))).toBeInstanceOf(Tensor);
});
