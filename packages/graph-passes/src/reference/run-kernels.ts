// The order in which the kernels of a program run: those of a band block by block.
import type { Kernel, Program, ScalarCode, Shape, View } from "../program.ts";
import { mapViews } from "../schedule/code.ts";
import { type Memory, runKernel } from "./run-kernel.ts";

/** Block `n` of a kernel of a band. */
function blockOf(kernel: Kernel, n: number): Kernel {
  const first = (lengths: Shape): Shape => lengths.with(0, 1);
  const at = (view: View): View => ({ ...view, offset: view.offset + n * view.strides[0]! });
  const code = (whole: ScalarCode): ScalarCode => mapViews(whole, at);
  if (kernel.kind === "loop")
    return { ...kernel, shape: first(kernel.shape), code: code(kernel.code) };
  if (kernel.kind === "reduce") {
    const { kept, epilogue } = kernel;
    return { ...kernel, kept: first(kept), code: code(kernel.code), epilogue: code(epilogue) };
  }
  if (kernel.kind === "matmul") {
    const { batch, left, right, epilogue } = kernel;
    const operands = { left: at(left), right: at(right) };
    return { ...kernel, ...operands, batch: first(batch), epilogue: code(epilogue) };
  }
  throw new TypeError(`run: a ${kernel.kind} kernel is in no band`);
}

/** Runs all kernels; `done` hears of each that has run, of the last one of a band for all of it. */
export function runKernels(
  { kernels, bands = [] }: Program,
  memory: Memory,
  done: (kernel: number) => void = () => {},
): void {
  for (let at = 0; at < kernels.length; ) {
    const band = bands.find(({ first }) => first === at) ?? { kernels: 1, blocks: 0 };
    const members = kernels.slice(at, at + band.kernels);
    if (band.blocks === 0) runKernel(members[0]!, memory);
    for (let n = 0; n < band.blocks; n++)
      for (const kernel of members) runKernel(blockOf(kernel, n), memory);
    at += band.kernels;
    done(at - 1);
  }
}
