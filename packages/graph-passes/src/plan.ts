// plan: one arena for all buffers of a program; memory is used again when what it held is dead.
//
//   offsets(b) + bytes(b) ≤ size;  buffers that are alive at once do not overlap
//
// Inputs and constants keep their places, so that a program can run again without writing those anew. A
// temporary lives from the kernel that first writes it to the last that uses it, an output to the end.
//
// In place: a loop may store element i where it loads element i. So a buffer first written by a loop takes the
// memory of one last read there, when all its stores and all loads of the other go through one and the same
// view. Products and reductions read what they have yet to finish: never in place.
// Placement: the largest first, into the smallest gap that is free for its lifetime (Pisarchyk & Lee 2020, "greedy by size").
import type { Buffer, Kernel, LoopKernel, Program, View } from "./program.ts";
import { sizeOf } from "./schedule/shapes.ts";

export interface Plan {
  /** Byte offsets, multiples of `align`. */
  readonly offsets: ReadonlyMap<Buffer, number>;
  readonly size: number;
}

const bytesPerElement = { f64: 8, f32: 4, i32: 4, u32: 4, bool: 1 } as const;
export const bytesOf = ({ dtype, shape }: Pick<Buffer, "dtype" | "shape">): number =>
  sizeOf(shape) * bytesPerElement[dtype];

interface Accesses {
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

interface Life {
  readonly first: number;
  readonly last: number;
}

/** From which kernel to which a buffer holds something; inputs and constants always do. */
export function lifetimes({ buffers, kernels }: Program): Map<Buffer, Life> {
  const lives = new Map<Buffer, Life>();
  kernels.forEach((kernel, at) => {
    const { reads, writes } = accessesOf(kernel);
    for (const { buffer } of [...reads, ...writes]) {
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

const viewText = ({ offset, strides }: View): string => `${offset} ${strides}`;

/** The buffers that take over the memory of another: new → old. */
function inPlace({ kernels }: Program, lives: ReadonlyMap<Buffer, Life>): Map<Buffer, Buffer> {
  const taken = new Map<Buffer, Buffer>();
  kernels.forEach((kernel, at) => {
    if (kernel.kind !== "loop") return;
    const { reads, writes } = accessesOf(kernel);
    const viewsOf = (list: readonly View[], buffer: Buffer) =>
      new Set(list.filter((view) => view.buffer === buffer).map(viewText));
    for (const { buffer } of writes) {
      const [order] = viewsOf(writes, buffer);
      const isNew = lives.get(buffer)!.first === at && !taken.has(buffer);
      const fits = (old: Buffer) =>
        old.role === "temporary" &&
        lives.get(old)!.last === at &&
        lives.get(old)!.first < at &&
        bytesOf(old) === bytesOf(buffer) &&
        bytesPerElement[old.dtype] === bytesPerElement[buffer.dtype] &&
        ![...taken.values()].includes(old) &&
        [...viewsOf(reads, old)].every((view) => view === order);
      const old = reads.map((view) => view.buffer).find(fits);
      if (isNew && viewsOf(writes, buffer).size === 1 && old) taken.set(buffer, old);
    }
  });
  return taken;
}

/** Buffers that share one place, one after the other. */
interface Unit {
  readonly buffers: Buffer[];
  readonly bytes: number;
  first: number;
  last: number;
  offset: number;
}

function unitsOf(program: Program): Unit[] {
  const lives = lifetimes(program);
  const taken = inPlace(program, lives);
  const units = new Map<Buffer, Unit>();
  const unitOf = (buffer: Buffer): Unit => {
    const old = taken.get(buffer);
    const known = units.get(buffer) ?? (old && unitOf(old));
    const unit = known ?? {
      buffers: [],
      bytes: bytesOf(buffer),
      first: Number.POSITIVE_INFINITY,
      last: -1,
      offset: 0,
    };
    if (!units.has(buffer)) {
      const { first, last } = lives.get(buffer)!;
      unit.buffers.push(buffer);
      unit.first = Math.min(unit.first, first);
      unit.last = Math.max(unit.last, last);
      units.set(buffer, unit);
    }
    return unit;
  };
  return [...new Set(program.buffers.map(unitOf))];
}

/** The arena of a program; `align` in bytes, a power of two. */
export function plan(program: Program, { align = 64 }: { readonly align?: number } = {}): Plan {
  const up = (bytes: number) => Math.ceil(bytes / align) * align;
  const placed: Unit[] = [];
  const isGiven = ({ first }: Unit) => Number(first >= 0);
  const units = unitsOf(program).sort(
    (a, b) => isGiven(a) - isGiven(b) || b.bytes - a.bytes || a.first - b.first,
  );
  for (const unit of units) {
    const alive = placed
      .filter(({ first, last }) => first <= unit.last && unit.first <= last)
      .sort((a, b) => a.offset - b.offset);
    let [end, best, room] = [0, -1, Number.POSITIVE_INFINITY];
    for (const { offset, bytes } of alive) {
      const gap = offset - end;
      if (gap >= up(unit.bytes) && gap < room) [best, room] = [end, gap];
      end = Math.max(end, offset + up(bytes));
    }
    unit.offset = best < 0 ? end : best;
    placed.push(unit);
  }
  const offsets = new Map(
    placed.flatMap(({ buffers, offset }) => buffers.map((buffer) => [buffer, offset] as const)),
  );
  return { offsets, size: Math.max(0, ...placed.map(({ offset, bytes }) => offset + up(bytes))) };
}
