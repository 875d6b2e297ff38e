// A program run in its planned arena, with all memory that is not alive poisoned.
//
// Before the first kernel and after each one, every byte outside of living buffers becomes 0xff, a NaN: a plan
// that lets two living buffers overlap, or a kernel that reads what was never written, gives itself away.
import type { NDArray } from "@cotangent/autodiff";
import { bytesOf, lifetimes, type Plan } from "../plan.ts";
import type { Program } from "../program.ts";
import { sizeOf } from "../schedule/shapes.ts";
import { arrays, type Memory, runKernel } from "./run-program.ts";

/** The outputs of a program in the arena of a plan; copies. */
export function runInArena(program: Program, inputs: readonly NDArray[], plan: Plan): NDArray[] {
  const bytes = new Uint8Array(plan.size);
  const lives = lifetimes(program);
  const memory: Memory = ({ dtype, shape, ...buffer }) => {
    const offset = plan.offsets.get(program.buffers[buffer.id]!)!;
    return new arrays[dtype](bytes.buffer, offset, sizeOf(shape));
  };
  const poison = (at: number) => {
    const kept = program.buffers.filter((buffer) => {
      const { first, last } = lives.get(buffer)!;
      return first <= at && last > at;
    });
    const saved = kept.map((buffer) => {
      const offset = plan.offsets.get(buffer)!;
      return { offset, data: bytes.slice(offset, offset + bytesOf(buffer)) };
    });
    bytes.fill(0xff);
    for (const { offset, data } of saved) bytes.set(data, offset);
  };
  poison(-1);
  for (const buffer of program.buffers) if (buffer.data) memory(buffer).set(buffer.data);
  program.inputs.forEach((buffer, i) => memory(buffer).set(inputs[i]!.data));
  program.kernels.forEach((kernel, at) => {
    runKernel(kernel, memory);
    poison(at);
  });
  return program.outputs.map((buffer) => {
    const { shape, dtype } = buffer;
    return { shape, dtype, data: memory(buffer).slice() };
  });
}
