// The worst error of a scalar operation on a device, in units of the terms' magnitude.
import type { DType } from "@cotangent/autodiff";
import type { Device } from "../../src/index.ts";
import { type ScalarOperation, scalarText } from "../../src/scalar/index.ts";
import { type KernelText, kernelText } from "../../src/template.ts";
import { errorOf, flushed, truthOf } from "./truth.ts";

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

/** Where a GPU computes, denormal arguments and results may be 0. */
const mayFlush = (device: Device): boolean => !["cpu", "webasm"].includes(device.backend);

/** The largest error of an operation's results at these points, where denormal numbers may be 0 if `isFlushed`. */
export function worstOfResults(
  got: Float32Array,
  op: ScalarOperation,
  points: readonly Float32Array[],
  isFlushed: boolean,
): Worst {
  const truths = [truthOf(op, points)];
  if (isFlushed) truths.push(truthOf(op, points.map(flushed)));
  const least = isFlushed ? 2 ** -126 : 2 ** -149;
  let result: Worst = { error: 0, at: "" };
  for (const [i, y] of got.entries()) {
    const errors = truths.map(({ value, terms }) => errorOf(y, value[i]!, terms[i]!, least));
    const error = Math.min(...errors);
    if (error > result.error)
      result = {
        error,
        at: `${op}(${points.map((x) => x[i])}) = ${truths[0]!.value[i]}, got ${y}`,
      };
  }
  return result;
}

/** The largest error of the operation at these points. */
export const worst = async (
  device: Device,
  op: ScalarOperation,
  points: readonly Float32Array[],
): Promise<Worst> => worstOfResults(await run(device, op, points), op, points, mayFlush(device));
