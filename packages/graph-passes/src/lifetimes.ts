// What kernels read and write, and from when to when buffers hold something.
import { bandOf } from "./band-of.ts";
import type { Buffer, Kernel, LoopKernel, Program, View } from "./program.ts";
import { sizeOf } from "./schedule/shapes.ts";

export const bytesPerElement = { f64: 8, f32: 4, i32: 4, u32: 4, bool: 1 } as const;
export const bytesOf = ({ dtype, shape }: Pick<Buffer, "dtype" | "shape">): number =>
  sizeOf(shape) * bytesPerElement[dtype];

export interface Accesses {
  readonly reads: readonly View[];
  readonly writes: readonly View[];
}
const whole = (buffer: Buffer): View => ({ buffer, offset: 0, strides: [] });

/** What a kernel reads and writes. */
export function accessesOf(kernel: Kernel): Accesses {
  const stored = ({ stores }: LoopKernel["code"]) => stores.map(({ view }) => view);
  if (kernel.kind === "zero") return { reads: [], writes: [whole(kernel.buffer)] };
  if (kernel.kind === "equation")
    return { reads: kernel.inputs.map(whole), writes: kernel.outputs.map(whole) };
  if (kernel.kind === "loop") return { reads: kernel.code.loads, writes: stored(kernel.code) };
  const { epilogue } = kernel;
  if (kernel.kind === "matmul")
    return { reads: [kernel.left, kernel.right, ...epilogue.loads], writes: stored(epilogue) };
  const { code } = kernel;
  return {
    reads: [...code.loads, ...epilogue.loads],
    writes: [...stored(code), ...stored(epilogue)],
  };
}

export interface Life {
  readonly first: number;
  readonly last: number;
}

/** When each kernel runs: those of a band all the time that the band takes. */
export const timesOf = (program: Program): number[] =>
  program.kernels.map((_, at) => bandOf(program, at)?.first ?? at);

/**
 * From which kernel to which a buffer holds something; inputs and constants always do. `times`: of each kernel, the number
 * of the first that it may run at once with.
 */
export function lifetimes(
  program: Program,
  times: readonly number[] = timesOf(program),
): Map<Buffer, Life> {
  const { buffers, kernels } = program;
  const lives = new Map<Buffer, Life>();
  kernels.forEach((kernel, number) => {
    const at = times[number]!;
    const { reads, writes } = accessesOf(kernel);
    for (const { buffer } of reads.concat(writes)) {
      const last = buffer.role === "output" ? kernels.length : at;
      lives.set(buffer, { first: lives.get(buffer)?.first ?? at, last });
    }
  });
  for (const buffer of buffers) {
    const isGiven = buffer.role === "input" || buffer.role === "constant";
    if (isGiven || !lives.has(buffer)) lives.set(buffer, { first: -1, last: kernels.length });
  }
  return lives;
}
