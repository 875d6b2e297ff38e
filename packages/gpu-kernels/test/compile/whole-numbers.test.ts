// Whole numbers: exact, or refused by name. Keys and random bits are the host's, what depends on floats the device's.
import {
  abs,
  add,
  argmax,
  argsort,
  astype,
  cumsum,
  floor,
  gather,
  greater,
  matmul,
  minimum,
  mod,
  mul,
  random,
  sub,
  sum,
  type Tensor,
  tensor,
  where,
} from "@cotangent/autodiff";
import { afterAll, describe, expect, test } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { openBackends } from "../support/backends.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});
const { device } = tested[0]!;
const i32 = (...values: number[]) => tensor(Int32Array.from(values));
const u32 = (...values: number[]) => tensor(Uint32Array.from(values));
const f32 = (...values: number[]) => tensor(Float32Array.from(values));
const run = async <R>(f: (...args: Tensor[]) => R, ...args: Tensor[]): Promise<R> => {
  const step = compile(device, f);
  try {
    return await step(...args);
  } finally {
    await step.destroy();
  }
};
const same = async (f: (...args: Tensor[]) => Tensor[], ...args: Tensor[]) => {
  const [got, want] = [await run(f, ...args), f(...args)];
  for (const [i, y] of want.entries()) {
    expect(got[i]!.dtype).toBe(y.dtype === "f64" ? "f32" : y.dtype);
    expect(Array.from(got[i]!.data)).toEqual(
      Array.from(y.data, (v) => (y.dtype === "f64" ? Math.fround(v) : v)),
    );
  }
};

describe.each(tested.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  test("the same key gives the engine's bits, uniforms and signs, and its normals to rounding", async () => {
    const key = random.key(20_261_122);
    const draw = (k: Tensor, x: Tensor) => [
      random.bits(k, [5]),
      add(random.uniform(k, [5], { dtype: "f32" }), x),
      add(random.uniform(k, [5]), x),
      add(random.rademacher(k, [5], { dtype: "f32" }), x),
      add(random.normal(random.foldIn(k, 3), [2100], { dtype: "f32" }), sum(x)),
      random.split(k)[1]!,
    ];
    const zero = f32(0, 0, 0, 0, 0);
    const step = compile(backend.device, draw);
    const [got, want] = [await step(key, zero), draw(key, zero)];
    await step.destroy();
    for (const i of [0, 1, 3, 5]) expect(got[i]!.data).toEqual(want[i]!.data);
    expect(got[2]!.data).toEqual(want[2]!.astype("f32").data);
    got[4]!.data.forEach((z, i) => {
      expect(Math.abs(z - want[4]!.data[i]!)).toBeLessThan(5e-6);
    });
  });
});

describe("whole numbers that depend on whole numbers alone", () => {
  test("are computed by the interpreter, of any size, and wrap as there", async () => {
    await same(
      (a, b) => [
        add(a!, b!),
        mul(a!, b!),
        sub(b!, a!),
        cumsum(a!),
        sum(mul(a!, a!)),
        matmul(a!, b!),
      ],
      i32(2 ** 31 - 1, 5, -7),
      i32(12345, -(2 ** 31), 99),
    );
    await same(
      (a) => [astype(a!, "f32"), greater(a!, 3), astype(a!, "bool")],
      u32(2 ** 32 - 1, 2, 0),
    );
  });
  test("need no device where nothing else is asked for", async () => {
    const step = compile(device, (k: Tensor) => random.bits(k, [3]));
    await step(random.key(1));
    expect(step.kernels()).toEqual([]);
    expect(step.program()).toMatch(/on the host\n[\s\S]*threefry/);
    await step.destroy();
  });
  test("reach floats exactly, or not at all", async () => {
    const f = (a: Tensor, x: Tensor) => where(greater(x, 0), a, mul(a, 1));
    const two = f32(1, -1);
    await same((a, x) => [f(a!, x!)], i32(5, -(2 ** 23)), two);
    await expect(run(f as never, i32(5, 2 ** 23 + 1), two)).rejects.toThrow(
      /i32\[2\] meets floats on the device, which holds whole numbers as f32; expected numbers up to ±8388608, got 8388609/,
    );
  });
});

describe("whole numbers that depend on floats", () => {
  test("are exact: casts, counts, positions and what is calculated with them", async () => {
    await same(
      (x) => [
        astype(x!, "i32"),
        astype(astype(x!, "i32"), "f32"),
        add(argsort(x!), i32(10, 20, 30, 40, 50, 60)),
        sub(argmax(x!), 7),
        mul(argsort(x!), 3),
        sum(greater(x!, 0)),
        cumsum(astype(greater(x!, 0), "i32")),
        mod(argsort(x!), 4),
        minimum(argsort(x!), 2),
        where(greater(x!, 1), argsort(x!), -5),
      ],
      f32(-1.7, 2.9, 0.5, -0.2, 16_777_218, 3),
    );
  });
  test("index arrays, and a wrong one is the interpreter's error, after the call", async () => {
    const at = (x: Tensor, p: Tensor) => gather(x, astype(floor(p), "i32"));
    const x = f32(10, 20, 30);
    const step = compile(device, at);
    expect((await step(x, f32(2.5, 0.2))).toArray()).toEqual([30, 10]);
    await expect(step(x, f32(1, 3.5))).rejects.toThrow(
      /gather: index 3 \(element 1\) is outside an axis of length 3; expected 0 to 2/,
    );
    await expect(step(x, f32(-1, 0))).rejects.toThrow(/gather: index -1 \(element 0\)/);
    expect((await step(x, f32(1, 1))).toArray()).toEqual([20, 20]);
    await step.destroy();
  });
  test("that were cast from floats are calculated with, unless their values turn out too large", async () => {
    const step = compile(device, (x: Tensor) => [
      add(astype(x, "i32"), 1),
      minimum(astype(mul(x, 3), "i32"), 2),
    ]);
    const [a, b] = await step(f32(-1.5, 2.25, 2 ** 20));
    expect(a!.data).toEqual(Int32Array.of(0, 3, 2 ** 20 + 1));
    expect(b!.data).toEqual(Int32Array.of(-4, 2, 2));
    await expect(step(f32(1, 2, 2 ** 24 + 2))).rejects.toThrow(
      /compile: astype made 16777218 of a float.*expected numbers up to ±8388608/,
    );
    await step.destroy();
  });
  test("are refused where f32 would not hold them", async () => {
    const refusals: [string, (x: Tensor) => Tensor, RegExp][] = [
      [
        "an unsigned difference below 0",
        (x) => sub(astype(argsort(x), "u32"), u32(1, 1)),
        /sub of u32\[2\], u32\[\].*numbers ≥ 0, got values from -1 to 0/,
      ],
      [
        "a constant with more bits",
        (x) => where(greater(x, 0), u32(2 ** 32 - 1, 1), astype(argsort(x), "u32")),
        /the constant u32\[2\].*got 4294967295/,
      ],
      [
        "a remainder that may be of 0",
        (x) => mod(argsort(x), argsort(x)),
        /mod of i32\[2\].*a divisor that is never 0, got values from 0 to 1/,
      ],
      [
        "a product",
        (x) => mul(argsort(x), i32(2 ** 24 + 2, 1)),
        /mul of i32\[2\], i32\[2\].*up to ±16777216/,
      ],
      ["a cast to u32", (x) => astype(x, "u32"), /astype of f32\[2\] to u32\[2\].*to i32/],
      [
        "a negative u32",
        (x) => astype(sub(argsort(x), 1), "u32"),
        /astype of i32\[2\].*from -1 to 0/,
      ],
      ["a random key", (x) => random.bits(astype(argsort(x), "u32"), [2]), /threefry of/],
    ];
    for (const [name, f, says] of refusals)
      await expect(run(f as never, f32(1, 2)), name).rejects.toThrow(says);
  });
});

test("an absolute value is never negative: one more than it divides", async () => {
  await same((x) => [mod(i32(7), add(abs(argmax(x)), 1))], f32(1, 5, 2));
});
