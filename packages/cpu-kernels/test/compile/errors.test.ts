// Every error names what it is about, what it expected, what it got, and the way out.
import {
  div,
  gather,
  grad,
  mul,
  primitive,
  sum,
  type Tensor,
  tensor,
  vmap,
  zeroTangent,
} from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { expect, test } from "vitest";
import { misuse, testMisuses } from "../../../autodiff/test/support/misuse.ts";

const x = tensor([1, 2, 3]);
const double = (y: Tensor) => mul(2, y);
const measured = (options: object) => {
  const step = compile(double);
  step(x);
  return step.stats(options);
};
const mystery = primitive<object>({
  name: "mystery",
  shape: ([y]) => y!,
  evaluate: ([y]) => y!,
  jvp: zeroTangent,
  transpose: () => [],
  batch: ([y]) => y!,
});

testMisuses("compiled functions", [
  misuse("no function", () => compile(3 as never), "compile", /function, got number/),
  misuse(
    "an unknown dtype",
    () => compile(double, { dtype: "f16" as never }),
    "compile",
    /"f64" or "f32", got "f16"/,
  ),
  misuse(
    "no options",
    () => compile(double, null as never),
    "compile",
    /options as an object of dtype, state, threads, reuseResults, lowerings, got null/,
  ),
  misuse(
    "an option that does not exist",
    () => compile(double, { thread: 2 } as never),
    "compile",
    /no options but dtype, state, threads, reuseResults, lowerings, got thread; take it out/,
  ),
  misuse(
    "a state that is no yes or no",
    () => compile(double, { state: "yes" } as never),
    "compile",
    /state to be true or false, got "yes"/,
  ),
  misuse(
    "results that are reused by a number",
    () => compile(double, { reuseResults: 1 } as never),
    "compile",
    /reuseResults to be true or false, got 1/,
  ),
  misuse(
    "a tensor whose data has gone to another thread",
    () => {
      const y = tensor(new Float64Array(3));
      structuredClone(y.data, { transfer: [y.data.buffer] });
      return compile(double)(y);
    },
    "compile",
    /a tensor of 3 elements has data of 0; expected as many: was its buffer transferred/,
  ),
  misuse(
    "no threads",
    () => compile(double, { threads: 0 }),
    "compile",
    /threads to be a whole number from 1 to 64, got 0/,
  ),
  misuse(
    "threads as text",
    () => compile(double, { threads: "2" as never }),
    "compile",
    /threads to be a whole number from 1 to 64, got "2"/,
  ),
  misuse(
    "a list of options",
    () => compile(double, ["f32"] as never),
    "compile",
    /options as an object of dtype, state, threads, reuseResults, lowerings, got an array/,
  ),
  misuse(
    "lowerings that are none",
    () => compile(double, { lowerings: null as never }),
    "compile",
    /lowerings to be an object, got null/,
  ),
  misuse(
    "statistics by another name",
    () => measured({ repetitions: 3 }),
    "compile",
    /no options of stats but measure, got repetitions; take it out/,
  ),
  misuse(
    "half a run",
    () => measured({ measure: 0.5 }),
    "compile",
    /measure to be a count of runs, got 0.5/,
  ),
  misuse(
    "statistics before the first call",
    () => compile(double).stats(),
    "compile",
    /before the first call/,
  ),
  misuse(
    "the graph before the first call",
    () => compile(double).graph,
    "compile",
    /before the first call/,
  ),
  misuse(
    "a leaf that is no tensor",
    () => compile(double)("1" as never),
    "compile",
    /string where tensors/,
  ),
  misuse(
    "more memory than there is",
    () => compile((y: Tensor) => mul(y.broadcastTo([2 ** 28, 3]), 2))(x),
    "compile",
    /needs 6\.\d GiB for its values, WebAssembly has 4/,
  ),
  misuse(
    "a missing argument",
    () => compile(double)(undefined as never),
    "compile",
    /undefined where tensors/,
  ),
  misuse(
    "a typed array of a kind that there is not",
    () => compile(double)(new Int16Array(2) as never),
    "compile",
    /Int16Array; expected Float64Array/,
  ),
  misuse(
    "a tracer of grad",
    () => grad((y: Tensor) => sum(compile(double)(y)))(x),
    "compile",
    /traced by \w+/,
    /compile\(\w+\(f\)\)/,
  ),
  misuse(
    "a tracer of vmap",
    () => vmap(compile(double) as (y: Tensor) => Tensor)(x),
    "compile",
    /traced by vmap/,
  ),
  misuse(
    "a tracer of another compiled function",
    () => compile((y: Tensor) => compile(double)(y))(x),
    "compile",
    /traced by trace/,
    /call the function that you compiled/,
  ),
  misuse(
    "a tracer that the function uses from outside",
    () => grad((y: Tensor) => compile((z: Tensor) => sum(mul(y, z)))(x))(x),
    "compile",
    /uses f64\[3\] from outside of itself, a value traced by \w+/,
    /make it an argument/,
  ),
  misuse(
    "a tracer that outlived its transformation",
    () => {
      let leaked = x;
      compile((y: Tensor) => {
        leaked = double(y);
        return leaked;
      })(x);
      compile((y: Tensor) => mul(leaked, y))(x);
    },
    "compile",
    /from outside of itself, a value traced by trace/,
    /make it an argument/,
  ),
  misuse(
    "the state of another compiled function",
    () => {
      const [one, other] = [1, 2].map(() => compile((s: Tensor) => [s] as const, { state: true }));
      one!(x);
      other!(one!.state);
    },
    "compile",
    /an object of class State where tensors/,
  ),
  misuse(
    "a primitive without a lowering",
    () => compile((y: Tensor) => mystery([y], {}))(x),
    "compile",
    /primitive mystery/,
    /lowerings: \{ mystery: \(inputs, params\) => … \}/,
  ),
  misuse(
    "a lowering of another shape",
    () => compile((y: Tensor) => mystery([y], {}), { lowerings: { mystery: ([y]) => sum(y!) } })(x),
    "compile",
    /lowering of mystery returned f64\[\], expected f64\[3\]/,
  ),
  misuse(
    "a lowering that uses itself",
    () =>
      compile((y: Tensor) => mystery([y], {}), {
        lowerings: { mystery: ([y]) => mystery([y!], {}) },
      })(x),
    "compile",
    /rounds of lowering/,
  ),
  misuse("an async function", () => compile(async (y: Tensor) => y)(x), "trace", /promise/),
  misuse(
    "state that is no array's first element",
    () => compile(double as unknown as (y: Tensor) => [Tensor], { state: true })(x),
    "compile",
    /array whose first element/,
  ),
  misuse(
    "state of another shape after the call",
    () => (compile((s: Tensor) => [sum(s)], { state: true }) as (s: Tensor) => unknown)(x),
    "compile",
    /another structure|f64\[3\] before and f64\[\] after/,
  ),
  misuse(
    "state that was never given",
    () => {
      const step = compile((s: Tensor) => [s] as const, { state: true });
      step(step.state);
    },
    "compile",
    /before there is a state/,
  ),
  misuse(
    "reading state that was never given",
    () => compile((s: Tensor) => [s] as const, { state: true }).state.read(),
    "compile",
    /no state yet/,
  ),
]);

const indices = (...list: number[]) => tensor(list, { dtype: "i32" });

testMisuses("indices, in the interpreter's words", [
  misuse(
    "gather beyond the end",
    () => compile((y: Tensor, i: Tensor) => gather(y, i))(x, indices(0, 3)),
    "gather",
    /index 3 \(element 1\) is outside an axis of length 3; expected 0 to 2/,
  ),
  misuse(
    "gather below zero",
    () => compile((y: Tensor, i: Tensor) => gather(y, i))(x, indices(-1)),
    "gather",
    /index -1 \(element 0\)/,
  ),
  misuse(
    "an unsigned index",
    () =>
      compile((y: Tensor, i: Tensor) => gather(y, i))(x, tensor([2 ** 32 - 1], { dtype: "u32" })),
    "gather",
    /index 4294967295/,
  ),
  misuse(
    "a transposed gather",
    () =>
      compile((y: Tensor, i: Tensor) => grad((z: Tensor) => sum(gather(div(z, 2), i)))(y))(
        x,
        indices(7),
      ),
    "gather|scatterAdd".split("|")[1]!,
    /index 7 \(element 0\)/,
  ),
]);

test("a call after an error works", () => {
  const pick = compile((y: Tensor, i: Tensor) => gather(y, i));
  expect(() => pick(x, indices(5))).toThrow(/index 5/);
  expect(pick(x, indices(2)).toArray()).toEqual([3]);
});

test("the errors of the function itself come through", () => {
  const wrong = compile((y: Tensor) => gather(y, tensor([0.5])));
  expect(() => wrong(x)).toThrow(/gather: expected i32 or u32 indices/);
});
