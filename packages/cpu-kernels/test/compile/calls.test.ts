// What a compiled function takes and gives: trees, signatures, conversions, results of its own.
import {
  abs,
  add,
  div,
  grad,
  jvp,
  matmul,
  max,
  mul,
  random,
  sum,
  Tensor,
  tensor,
  tree,
  vmap,
} from "@cotangent/autodiff";
import { type Compiled, compile, maxSignatures } from "@cotangent/cpu-kernels";
import { describe, expect, test } from "vitest";

const vector = (...values: number[]) => tensor(values);
const numbers = (x: unknown) => (x as Tensor).toArray();

describe("arguments and results are trees", () => {
  const f = ({ w, b }: { w: Tensor; b: Tensor[] }, x: Tensor) => ({
    y: [add(mul(w, x), b[0]!), b[1]!],
    x,
    two: tensor(2),
  });

  test("of the same structure as the function's own", () => {
    const params = { w: vector(1, 2), b: [vector(3, 4), tensor(5)] };
    const result = compile(f)(params, vector(6, 7));
    expect(numbers(result.y[0])).toEqual([9, 18]);
    expect(numbers(result.y[1])).toBe(5);
    expect(numbers(result.x)).toEqual([6, 7]);
    expect(numbers(result.two)).toBe(2);
  });
  test("keys in another order are the same tree and the same program", () => {
    const step = compile(f);
    const first = { w: vector(1), b: [vector(2), vector(3)] };
    step(first, vector(4));
    const { graph } = step;
    step({ b: first.b, w: first.w }, vector(4));
    expect(step.graph).toBe(graph);
  });
  test("numbers, booleans and typed arrays are leaves", () => {
    const scale = compile((x: Tensor, s: Tensor, isOn: Tensor) => [mul(x, s), isOn] as const);
    const [y, isOn] = scale(
      Float64Array.of(1, 2) as unknown as Tensor,
      3 as unknown as Tensor,
      true as unknown as Tensor,
    );
    expect(numbers(y)).toEqual([3, 6]);
    expect(numbers(isOn)).toBe(true);
  });
  test("no argument at all is fine", () => {
    expect(numbers(compile(() => vector(1, 2))())).toEqual([1, 2]);
  });
});

describe("results", () => {
  const double = compile((x: Tensor) => mul(2, x));

  test("do not change with later calls or with their arguments", () => {
    const x = vector(1, 2);
    const first = double(x);
    double(vector(8, 9));
    expect(numbers(first)).toEqual([2, 4]);
    const same = compile((y: Tensor) => y)(x);
    x.data[0] = 100;
    expect(numbers(same)).toEqual([1, 2]);
  });
  test("are ordinary tensors, which the engine goes on with", () => {
    const y = double(vector(1, 2));
    expect(y).toBeInstanceOf(Tensor);
    expect(numbers(sum(mul(y, y)))).toBe(20);
    expect(numbers(grad((x: Tensor) => sum(mul(x, y)))(vector(0, 0)))).toEqual([2, 4]);
  });
  test("are the same bits at each call and in each compilation", () => {
    const noise = (key: Tensor) => random.normal(key, [301], { dtype: "f32" });
    const [a, b] = [compile(noise), compile(noise)];
    const key = random.key(7);
    expect(a(key).data).toEqual(a(key).data);
    expect(a(key).data).toEqual(b(key).data);
  });
});

describe.each([1, 2])(
  "with %i threads, operands that are rearranged are so at every call",
  (threads) => {
    const square = (seed: number): Tensor => random.normal(random.key(seed), [40, 40]);
    test.each<[string, (x: Tensor, w: Tensor, v: Tensor) => Tensor]>([
      ["one", (x, w) => matmul(x, w)],
      ["one that two products read", (x, w, v) => matmul(x, w).sub(matmul(v, w))],
      ["several", (x, w, v) => matmul(matmul(x, w), v)],
    ])("%s", async (_, f) => {
      const compiled = compile(f, { threads });
      for (let i = 0; i < 200 && (i < 9 || compiled.stats().threads < threads); i++) {
        const [x, w, v] = [0, 1, 2].map((n) => square(10 * (i % 3) + n)) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const error = compiled(x, w, v).sub(f(x, w, v));
        expect(max(abs(error)).item()).toBeLessThan(1e-9);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(compiled.stats().threads).toBe(threads);
    });
  },
);

describe("a tensor that comes again", () => {
  const ramp = (from: number): Float64Array =>
    Float64Array.from({ length: 5000 }, (_, i) => from + i);
  const total = () => compile((x: Tensor, y: Tensor) => sum(add(mul(2, x), y)));
  const sumOf = (from: number): number => ramp(from).reduce((a, b) => a + b, 0);

  test("is the same argument as at first, in whatever order tensors come", () => {
    const f = total();
    const arrays = [ramp(0), ramp(7), ramp(0.5)];
    const tensors = arrays.map((array) => tensor(array));
    const sums = arrays.map((array) => array.reduce((a, b) => a + b, 0));
    for (const [i, k] of [
      [0, 1],
      [0, 2],
      [1, 1],
      [0, 1],
      [2, 0],
    ] as const)
      expect(f(tensors[i]!, tensors[k]!).item()).toBe(2 * sums[i]! + sums[k]!);
  });
  test.each([
    ["its array", (x: Tensor) => x],
    ["the array of a tensor made anew", (x: Tensor) => tensor(x.data)],
    ["a typed array", (x: Tensor) => x.data as unknown as Tensor],
  ])("is read again: one number written into %s is seen, as by the interpreter", (_, argument) => {
    const [f, x, y] = [total(), tensor(ramp(0)), tensor(ramp(7))];
    f(argument(x), y);
    x.data[1234] = 1e9;
    expect(f(argument(x), y).item()).toBe(2 * (sumOf(0) - 1234 + 1e9) + sumOf(7));
  });
  test("is read again to the last bit: the sign of a zero, the last element, and what was there before", () => {
    const f = compile((x: Tensor) => div(1, x));
    const x = tensor(new Float64Array(2000));
    const last = () => f(x).data.at(-1);
    expect([last(), last()]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    x.data[1999] = -0;
    expect([last(), last()]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    f(tensor(ramp(1).slice(0, 2000)));
    expect(last()).toBe(Number.NEGATIVE_INFINITY);
  });
  test("is read again where another array had the same numbers before", () => {
    const [f, x, same, y] = [total(), tensor(ramp(0)), tensor(ramp(0)), tensor(ramp(7))];
    for (const argument of [x, x, same]) f(argument, y);
    same.data[17] = 1e9;
    expect(f(same, y).item()).toBe(2 * (sumOf(0) - 17 + 1e9) + sumOf(7));
  });
  test("is read again where its array was filled anew, and where it is small", () => {
    const [f, x, y] = [total(), tensor(ramp(0)), tensor(ramp(7))];
    f(x, y);
    x.data.set(ramp(3));
    expect(f(x, y).item()).toBe(2 * sumOf(3) + sumOf(7));
    const [g, few] = [compile((z: Tensor) => sum(z)), vector(1, 2)];
    g(few);
    few.data[1] = 5;
    expect(g(few).item()).toBe(6);
  });
  test("a Uint8Array is read as by tensor: what is not 0 is true", () => {
    const array = Uint8Array.from([1, 2, 0, 255, 3, 0, 128]);
    for (const f of [
      (x: Tensor) => sum(x),
      (x: Tensor) => x.mul(2),
      (x: Tensor) => x.astype("f64"),
      (x: Tensor) => x,
    ])
      expect(compile(f)(array as never).toArray()).toEqual(f(tensor(array)).toArray());
  });
  test("a state is not the array that it came from: calls change it", () => {
    const step = compile((s: Tensor, x: Tensor) => [add(s, x), sum(s)] as const, { state: true });
    const [s, x] = [tensor(ramp(0)), tensor(ramp(7))];
    step(s, x);
    expect(step(s, x)[1].item()).toBe(sumOf(0));
    expect(step(step.state, x)[1].item()).toBe(sumOf(0) + sumOf(7));
  });
});

describe("a program is made once per signature", () => {
  const counted = () => {
    let traces = 0;
    const f = (x: Tensor) => {
      traces++;
      return mul(x, x);
    };
    return { step: compile(f), traces: () => traces };
  };

  test("of shapes and dtypes, whatever the values", () => {
    const { step, traces } = counted();
    for (const x of [vector(1, 2), vector(3, 4), vector(5, 6)]) step(x);
    expect(traces()).toBe(1);
    step(vector(1, 2, 3));
    step(vector(1, 2).astype("f32"));
    expect(traces()).toBe(3);
    step(vector(7, 8));
    expect(traces()).toBe(3);
  });
  test("the least recently called is forgotten beyond a stated number", () => {
    const { step, traces } = counted();
    const of = (n: number) => tensor(new Float64Array(n));
    for (let n = 1; n <= maxSignatures; n++) step(of(n));
    step(of(1));
    step(of(maxSignatures + 1));
    expect(traces()).toBe(maxSignatures + 1);
    step(of(1));
    expect(traces()).toBe(maxSignatures + 1);
    step(of(2));
    expect(traces()).toBe(maxSignatures + 2);
  });
  test("trees that differ only in structure have programs of their own", () => {
    const step = compile((x: unknown) => tree.leaves(x).map((y) => mul(y, 2)));
    const [a, b] = [vector(1), vector(2)];
    expect((step([a, b]) as Tensor[]).map(numbers)).toEqual([[2], [4]]);
    expect((step({ a, b }) as Tensor[]).map(numbers)).toEqual([[2], [4]]);
    expect((step([[a], b]) as Tensor[]).map(numbers)).toEqual([[2], [4]]);
    expect((step({ a, b, c: b }) as Tensor[]).map(numbers)).toEqual([[2], [4], [4]]);
    expect((step([a, b, b]) as Tensor[]).map(numbers)).toEqual([[2], [4], [4]]);
    expect((step({ "0": a, "1": b }) as Tensor[]).map(numbers)).toEqual([[2], [4]]);
  });
});

describe("dtype", () => {
  test("trees that could be taken for one another have programs of their own too", () => {
    const step = compile((t: unknown) => tree.map((x) => mul(2, x), t)) as (t: unknown) => unknown;
    const [a, b] = [vector(1, 2), vector(3, 4)];
    const shown = (t: unknown) =>
      JSON.stringify(
        tree.map((x) => x, t),
        (_, x) => (x instanceof Tensor ? x.toArray() : x),
      );
    for (let round = 0; round < 2; round++) {
      expect(Array.isArray(step([a, b]))).toBe(true);
      expect(Object.keys(step({ 0: a, 1: b }) as object)).toEqual(["0", "1"]);
      // Numbers by index, and a typed array, which has elements by index.
      expect(shown(step({ 0: 1, 1: 2 }))).toBe('{"0":2,"1":4}');
      expect(numbers(step(Float64Array.of(5, 6)))).toEqual([10, 12]);
      // One shape the beginning of the other.
      expect(numbers(step(a))).toEqual([2, 4]);
      expect(
        numbers(
          step(
            tensor([
              [1, 2, 3],
              [4, 5, 6],
            ]),
          ),
        ),
      ).toEqual([
        [2, 4, 6],
        [8, 10, 12],
      ]);
      expect(numbers(step(tensor(7)))).toBe(14);
    }
  });
  test("f32 takes float inputs in single precision, one program for both precisions given", () => {
    const step: ((x: Tensor) => Tensor) & Compiled = compile((x: Tensor) => mul(x, 3), {
      dtype: "f32",
    });
    const y = step(vector(0.1));
    expect([y.dtype, y.item()]).toEqual(["f32", Math.fround(Math.fround(0.1) * 3)]);
    const { graph } = step;
    expect(step(vector(0.1).astype("f32")).item()).toBe(y.item());
    expect(step.graph).toBe(graph);
  });
  test("integers and booleans stay what they are", () => {
    const step = compile((i: Tensor, b: Tensor) => [i, b] as const, { dtype: "f32" });
    const [i, b] = step(tensor([1], { dtype: "i32" }), tensor([1], { dtype: "bool" }));
    expect([i.dtype, b.dtype]).toEqual(["i32", "bool"]);
  });
});

test("transformations of a function compile like the function", () => {
  const f = (x: Tensor) => sum(mul(mul(x, x), x));
  const x = vector(1, 2);
  expect(numbers(compile(grad(f))(x))).toEqual([3, 12]);
  expect(numbers(compile((y: Tensor) => jvp(f, [y], [y])[1])(x))).toBe(27);
  expect(
    numbers(
      compile(vmap(f) as (x: Tensor) => Tensor)(
        tensor([
          [1, 2],
          [0, 1],
        ]),
      ),
    ),
  ).toEqual([9, 1]);
});
