// A program run in its planned arena, with all memory that is not alive poisoned.
//
// Before the first kernel and after each one, every byte outside of living buffers becomes 0xff, a NaN: a plan
// that lets two living buffers overlap, or a kernel that reads what was never written, gives itself away.
import type { NDArray } from "@cotangent/autodiff";
import { bytesOf, lifetimes, timesOf } from "../lifetimes.ts";
import { type Plan, planBlocks } from "../plan.ts";
import type { Program } from "../program.ts";
import { sizeOf } from "../schedule/shapes.ts";
import { arrays, type Memory } from "./run-kernel.ts";
import { runKernels } from "./run-kernels.ts";

/** The outputs of a program in the arena of a plan, one made for these `times`; copies. */
export function runInArena(
  program: Program,
  inputs: readonly NDArray[],
  plan: Plan,
  times: readonly number[] = timesOf(program),
): NDArray[] {
  const bytes = new Uint8Array(plan.size);
  const blocks = planBlocks(program);
  const block = new ArrayBuffer(blocks.size);
  const lives = lifetimes(program, times);
  const memory: Memory = ({ dtype, shape, ...buffer }) => {
    const own = program.buffers[buffer.id]!;
    if (own.role === "block") {
      const offset = blocks.offsets.get(own)!;
      return new arrays[dtype](block, offset, sizeOf(shape));
    }
    const offset = plan.offsets.get(own)!;
    return new arrays[dtype](bytes.buffer, offset, sizeOf(shape));
  };
  const poison = (at: number) => {
    const now = times[at] ?? at;
    // What a section reads last is there until the section ends.
    const ends = times[at + 1] !== now;
    new Uint8Array(block).fill(0xff);
    const kept = program.buffers.filter((buffer) => {
      if (buffer.role === "block") return false;
      const { first, last } = lives.get(buffer)!;
      return first <= now && (ends ? last > now : last >= now);
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
  runKernels(program, memory, poison);
  return program.outputs.map((buffer) => {
    const { shape, dtype } = buffer;
    return { shape, dtype, data: memory(buffer).slice() };
  });
}
