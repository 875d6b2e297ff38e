// The numeric fixtures of the mathematics page through the compiled path.
//
// The tests are those of the losses package, run once more: here every gradient and every objective whose arguments are
// concrete is compiled.
import { afterAll, expect, test, vi } from "vitest";

type Call = (...args: never[]) => unknown;
const bridge = vi.hoisted(() => ({
  compile: undefined as undefined | ((f: Call) => Call),
  isConcrete: undefined as undefined | ((args: unknown) => boolean),
  calls: 0,
}));

/** `f`, compiled at its first call with concrete arguments; as it is inside of transformations. */
const compiling = vi.hoisted(() => (f: Call): Call => {
  let compiled: Call | undefined;
  return (...args) => {
    if (!bridge.compile || !bridge.isConcrete!(args)) return f(...args);
    compiled ??= bridge.compile(f);
    bridge.calls++;
    return compiled(...args);
  };
});

vi.mock("@cotangent/autodiff", async (importOriginal) => {
  const engine = await importOriginal<{ readonly grad: (...args: never[]) => Call }>();
  return { ...engine, grad: (...args: never[]) => compiling(engine.grad(...args)) };
});

vi.mock("@cotangent/losses", async (importOriginal) => {
  const losses = await importOriginal<Record<string, unknown>>();
  const wrapped = ["implicit", "sliced", "denoising", "finiteDifference", "explicit"].map(
    (name) => {
      const make = losses[name] as (...args: never[]) => { readonly perSample: Call };
      const wrap = (...args: never[]) => {
        const objective = make(...args);
        return { ...objective, perSample: compiling(objective.perSample) };
      };
      return [name, wrap] as const;
    },
  );
  return { ...losses, ...Object.fromEntries(wrapped) };
});

const { tree } = await import("@cotangent/autodiff");
const { compile } = await import("@cotangent/cpu-kernels");
bridge.compile = compile as (f: Call) => Call;
bridge.isConcrete = (args) => tree.leaves(args).every((leaf) => leaf.interpreter === null);

await import("../../../losses/test/fixtures.test.ts");

test("compiled code was what these tests ran", () => {
  expect(bridge.compile).toBe(compile);
});
afterAll(() => expect(bridge.calls).toBeGreaterThan(40));
