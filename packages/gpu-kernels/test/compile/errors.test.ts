// Every error names what it is about, what it expected, what it got, and the way out.
import {
  add,
  argsort,
  gather,
  grad,
  mul,
  notLinear,
  type PrimitiveFunction,
  primitive,
  sum,
  type Tensor,
  tensor,
  vmap,
  zeroTangent,
} from "@cotangent/autodiff";
import { afterAll, describe, expect, test } from "vitest";
import { compile, type Lowering } from "../../src/compile/index.ts";
import { kernelText, openDevice } from "../../src/index.ts";

const device = await openDevice({ mode: "cpu" });
afterAll(() => device.destroy());

const x = tensor([1, 2, 3]);
const double = (y: Tensor) => mul(2, y);
const own = (name: string): PrimitiveFunction<object> =>
  primitive<object>({
    name,
    shape: ([y]) => y!,
    evaluate: ([y]) => ({ ...y!, data: y!.data.map((value) => 2 * value + 1) }),
    jvp: zeroTangent,
    transpose: notLinear(name),
    batch: ([y]) => own(name)([y!], {}),
  });
const mystery = own("mystery");
const lowering: Lowering = (launch, [y]) =>
  launch(
    kernelText({
      name: "mystery",
      inputs: { y: y!.shape },
      output: y!.shape,
      body: `return 2.0 * y${y!.shape.length === 1 ? "[index]" : "[row][column]"} + 1.0;`,
    }),
    { y: y! },
  );
const indices = (...list: number[]) => tensor(Int32Array.from(list));

const misuses: [string, () => unknown, ...RegExp[]][] = [
  ["no device", () => compile(undefined as never, double), /^compile: expected a device first/],
  ["no function", () => compile(device, 3 as never), /^compile: expected a function, got number/],
  ["the graph before the first call", () => compile(device, double).graph, /before the first call/],
  [
    "kernels before the first call",
    () => compile(device, double).kernels(),
    /before the first call/,
  ],
  [
    "an option of other compilers",
    () => compile(device, double, { dtype: "f64" } as never),
    /^compile: expected no options but state, lowerings, got dtype; floats are f32 on a device/,
  ],
  [
    "options that are none",
    () => compile(device, double, "f32" as never),
    /^compile: expected options as an object, .*got "f32"/,
  ],
  [
    "a leaf that is no tensor",
    () => compile(device, double)("1" as never),
    /^compile: an argument.*expected tensors/,
  ],
  [
    "a missing argument",
    () => compile(device, double)(undefined as never),
    /compile: an argument.*undefined/,
  ],
  [
    "an array of a kind that there is not",
    () => compile(device, double)(new Int16Array(2) as never),
    /Int16Array; use Float64Array/,
  ],
  [
    "a tracer of grad",
    () => {
      let result: unknown;
      grad((y: Tensor) => {
        result = compile(device, double)(y);
        return sum(y);
      })(x);
      return result;
    },
    /^compile: .*traced by \w+/,
    /compile\(device, \w+\(f\)\)/,
  ],
  [
    "a tracer that the function uses from outside",
    () => {
      let result: unknown;
      vmap((y: Tensor) => {
        result = compile(device, (z: Tensor) => sum(mul(y, z)))(x);
        return y;
      })(x);
      return result;
    },
    /uses f64\[\] from outside of itself, a value traced by vmap/,
    /make it an argument/,
  ],
  [
    "a primitive without a lowering",
    () => compile(device, (y: Tensor) => mystery([y], {}))(x),
    /primitive mystery has no kernels/,
    /lowerings: \{ mystery: \(launch, inputs, equation\) => … \}/,
  ],
  [
    "a lowering of another shape",
    () =>
      compile(device, (y: Tensor) => mystery([y.reshape([3, 1])], {}), {
        lowerings: { mystery: (_launch, [y]) => ({ ...y!, shape: [3] }) },
      })(x),
    /lowering of mystery returned \[3\], expected a value \[3, 1\]/,
  ],
  [
    "a primitive with the name of another",
    () => compile(device, (y: Tensor) => own("sin")([y], {}))(x),
    /primitive sin is not the engine's/,
    /rename/,
  ],
  ["an async function", () => compile(device, async (y: Tensor) => y)(x), /promise/],
  [
    "gather beyond the end",
    () => compile(device, (y: Tensor, i: Tensor) => gather(y, i))(x, indices(0, 3)),
    /^gather: index 3 \(element 1\) is outside an axis of length 3; expected 0 to 2/,
  ],
  [
    "gather below zero",
    () => compile(device, (y: Tensor, i: Tensor) => gather(y, i))(x, indices(-1)),
    /^gather: index -1 \(element 0\)/,
  ],
  [
    "constant indices",
    () => compile(device, (y: Tensor) => gather(y, indices(7)))(x),
    /^gather: index 7/,
  ],
  [
    "an update outside",
    () =>
      compile(device, (y: Tensor, i: Tensor) =>
        grad((z: Tensor) => sum(mul(gather(z, i), gather(z, i))))(y),
      )(x, indices(7)),
    /index 7 \(element 0\)/,
  ],
  [
    "rows too long to sort",
    () => compile(device, (y: Tensor) => argsort(y))(tensor(new Float32Array(2 ** 14 + 1))),
    /argsort of rows of 16385 elements; expected at most 16384/,
  ],
  [
    "state that is no array's first element",
    () => compile(device, (y: Tensor) => double(y) as unknown as [Tensor], { state: true })(x),
    /array whose first element/,
  ],
  [
    "state of another shape after the call",
    () => compile(device, (s: Tensor) => [sum(s)], { state: true })(x),
    /f32\[3\] before and f32\[\] after/,
  ],
  [
    "state that was never given",
    () => {
      const step = compile(device, (s: Tensor) => [s] as const, { state: true });
      return step(step.state);
    },
    /before there is a state/,
  ],
  [
    "reading state that was never given",
    () => compile(device, (s: Tensor) => [s] as const, { state: true }).state.read(),
    /no state yet/,
  ],
  [
    "the state of another compiled function",
    async () => {
      const [one, other] = [1, 2].map(() =>
        compile(device, (s: Tensor) => [s] as const, { state: true }),
      );
      await one!(x);
      return other!(one!.state);
    },
    /compile: an argument: got State/,
  ],
  [
    "a call after destroy",
    async () => {
      const step = compile(device, double);
      await step(x);
      await step.destroy();
      return step(x);
    },
    /the compiled function is destroyed; expected one in use: compile it again/,
  ],
];

describe("errors say what is wrong and what to do", () => {
  test.each(misuses)("%s", async (_what, misuse, ...says) => {
    const error = await (async () => misuse())().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error!.message).not.toContain("\n");
    for (const part of says) expect(error!.message).toMatch(part);
  });
  test("what is wrong with a call throws when it is made, so that no promise is left to reject", async () => {
    const rejected: unknown[] = [];
    const listen = (reason: unknown): unknown => rejected.push(reason);
    process.on("unhandledRejection", listen);
    const whole = compile(device, (y: Tensor) => sum(y));
    const step = compile(device, (s: Tensor) => [double(s)] as const, { state: true });
    const inside = (y: Tensor) => compile(device, (z: Tensor) => sum(mul(y, z)))(x);
    const wrong: [() => unknown, RegExp][] = [
      [() => grad(whole as never)(x), /transform the function first, then compile/],
      [() => vmap(whole as never)(x), /compile\(device, vmap\(f\)\)/],
      [() => grad(step as never)(x), /transform the function first, then compile/],
      [() => grad(inside as never)(x), /from outside of itself/],
      [() => whole("1" as never), /compile: an argument.*expected tensors/],
      [() => step("1" as never), /compile: an argument.*expected tensors/],
    ];
    for (const [misuse, says] of wrong) expect(misuse).toThrow(says);
    await new Promise((next) => setTimeout(next, 10));
    process.off("unhandledRejection", listen);
    expect(rejected).toEqual([]);
  });
  test("a call after an error works", async () => {
    const pick = compile(device, (y: Tensor, i: Tensor) => gather(y, i));
    await expect(pick(x, indices(5))).rejects.toThrow(/index 5/);
    expect((await pick(x, indices(2))).toArray()).toEqual([3]);
  });
  test("a device that is destroyed rejects calls, those under way too", async () => {
    const other = await openDevice({ mode: "cpu" });
    const step = compile(other, double);
    await step(x);
    const pending = step(x);
    const result = expect(pending).rejects.toThrow(
      /expected an open cpu device, this one is destroyed/,
    );
    await other.destroy();
    await result;
    await expect(step(x)).rejects.toThrow(/is destroyed/);
  });
});

describe("lowerings", () => {
  test("launch kernels of their own, between those of the compiler", async () => {
    const f = (y: Tensor) => add(mystery([mul(y, y)], {}), 1);
    const step = compile(device, f, { lowerings: { mystery: lowering } });
    expect((await step(x)).toArray()).toEqual(f(x).toArray());
    expect(step.kernels().map(({ name }) => name)).toEqual(["loop", "mystery", "loop"]);
  });
  test("get and give arrays in the form of the equation's shapes, whatever memory they lie in", async () => {
    const f = (y: Tensor) => [
      mystery([y.reshape([3, 2, 2])], {}).reshape([12]),
      mystery([y.reshape([4, 3])], {}),
      mystery([y.sum()], {}),
    ];
    const y = tensor(Array.from({ length: 12 }, (_, i) => i));
    const step = compile(device, f, { lowerings: { mystery: lowering } });
    const [got, want] = [await step(y), f(y)];
    for (const [i, each] of want.entries()) expect(got[i]!.toArray()).toEqual(each.toArray());
  });
});
