// The meaning of programs: what their kernels compute, one after the other, each buffer in memory of its own.
import type { NDArray, TypedArray } from "@cotangent/autodiff";
import type { Buffer, Program } from "../program.ts";
import { sizeOf } from "../schedule/shapes.ts";
import { arrays, type Memory } from "./run-kernel.ts";
import { runKernels } from "./run-kernels.ts";

/** Memory of its own for each buffer, zero at first. */
function separateMemory(): Memory {
  const made = new Map<Buffer, TypedArray>();
  return (buffer) => {
    const array = made.get(buffer) ?? buffer.data ?? new arrays[buffer.dtype](sizeOf(buffer.shape));
    made.set(buffer, array);
    return array;
  };
}

/** The outputs of a program for flat inputs in its order; copies. */
export function runProgram(program: Program, inputs: readonly NDArray[]): NDArray[] {
  const memory = separateMemory();
  program.inputs.forEach((buffer, i) => memory(buffer).set(inputs[i]!.data));
  runKernels(program, memory);
  return program.outputs.map((buffer) => ({
    shape: buffer.shape,
    dtype: buffer.dtype,
    data: memory(buffer).slice(),
  }));
}
