// The worst error of a scalar operation on a device, in units of the terms' magnitude.
import type { DType } from "@cotangent/autodiff";
import type { Device } from "../../src/index.ts";
import { type ScalarOperation, scalarText } from "../../src/scalar/index.ts";
import { type KernelText, kernelText } from "../../src/template.ts";
import { errorOf, flushed, type Truth, truthOf } from "./truth.ts";

const names = ["a", "b", "c"];

/** A kernel of one operation on `count` floats an input. */
export function operationKernel(
  op: string,
  arity: number,
  count: number,
  dtypes: readonly DType[] = names.slice(0, arity).map(() => "f32"),
  dtype: DType = "f32",
): KernelText {
  const inputs = names.slice(0, arity);
  const { functions, expression } = scalarText(op, dtypes, dtype);
  return kernelText({
    name: op,
    inputs: Object.fromEntries(inputs.map((name) => [name, [count] as const])),
    output: [count],
    functions,
    body: `${inputs.map((name) => `const ${name}0 = ${name}[index];`).join("\n")}
const result = ${expression(...inputs.map((name) => `${name}0`))};
return result;`,
  });
}

export const run = (device: Device, op: string, points: readonly Float32Array[]) =>
  device.run(
    operationKernel(op, points.length, points[0]!.length),
    Object.fromEntries(points.map((x, i) => [names[i]!, x])),
  );

export interface Worst {
  readonly error: number;
  readonly at: string;
}

/** The largest errors in units of the terms' magnitude, and in units of the value alone. */
export interface Errors {
  readonly terms: Worst;
  readonly value: Worst;
}

/** Where a GPU computes, denormal arguments and results may be 0. */
const mayFlush = (device: Device): boolean => !["cpu", "webasm"].includes(device.backend);

export const larger = (a: Errors, b: Errors): Errors => ({
  terms: a.terms.error > b.terms.error ? a.terms : b.terms,
  value: a.value.error > b.value.error ? a.value : b.value,
});

/** The largest errors of an operation's results at these points, where denormal numbers may be 0 if `isFlushed`. */
export function errorsOfResults(
  got: Float32Array,
  op: ScalarOperation,
  points: readonly Float32Array[],
  isFlushed: boolean,
): Errors {
  const truths = [truthOf(op, points)];
  if (isFlushed) truths.push(truthOf(op, points.map(flushed)));
  // Twice the least normal number: a remainder that is 0 and not denormal moves a result by so small a divisor.
  const least = isFlushed ? 2 ** -125 : 2 ** -149;
  const worst = (size: (truth: Truth, i: number) => number): Worst => {
    let result: Worst = { error: 0, at: "" };
    for (const [i, y] of got.entries()) {
      const errors = truths.map((truth) => errorOf(y, truth.value[i]!, size(truth, i), least));
      const error = Math.min(...errors);
      const at = () =>
        `${op}(${points.map((x) => x[i])}) = ${truths[0]!.value[i]}, got ${y}: ${error} units`;
      if (error > result.error) result = { error, at: at() };
    }
    return result;
  };
  return {
    terms: worst(({ terms }, i) => terms[i]!),
    value: worst(({ value }, i) => Math.abs(value[i]!)),
  };
}

/** The largest errors of the operation at these points. */
export const errorsOf = async (
  device: Device,
  op: ScalarOperation,
  points: readonly Float32Array[],
): Promise<Errors> => errorsOfResults(await run(device, op, points), op, points, mayFlush(device));
