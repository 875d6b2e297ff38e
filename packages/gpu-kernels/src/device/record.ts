// Launches checked against the kernels' declared inputs, for runs and for recordings.
import { formatShape } from "../errors.ts";
import type { KernelText, Shape } from "../template.ts";
import type { Launch } from "./device.ts";
import type { GpuKernel } from "./gpu-js.ts";
import type { Value } from "./values.ts";

/** A launch that records: throws a TypeError where a value has another shape than the kernel says. */
export function recorder(make: (kernel: KernelText) => GpuKernel, mostInputs: number): Launch {
  return (kernel, inputs) => {
    const names = inputNames(kernel);
    if (names.length > mostInputs)
      throw new TypeError(
        `${kernel.name}: expected at most ${mostInputs} inputs on this device, got ${names.length}: ${names.join(", ")}`,
      );
    const handles = names.map((name) => handleOf(kernel, name, inputs[name]));
    return { shape: kernel.output, handle: make(kernel)(...handles) };
  };
}

/** The names of a kernel's inputs, in the order of its source's parameters. */
export const inputNames = <Input extends string>(kernel: KernelText<Input>): Input[] =>
  Object.keys(kernel.inputs) as Input[];

function handleOf<Input extends string>(
  kernel: KernelText<Input>,
  name: Input,
  value: Value | undefined,
): unknown {
  const expected: Shape = kernel.inputs[name];
  if (value?.shape.join() === expected.join()) return value.handle;
  throw new TypeError(
    `${kernel.name}: expected ${name} ${formatShape(expected)}, got ${value ? formatShape(value.shape) : "nothing"}; make the kernel for the shapes it is launched with`,
  );
}
