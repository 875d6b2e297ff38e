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

/** The one view through which a buffer is used, as text; null if there are several. */
function oneView(list: readonly View[], buffer: Buffer): string | null {
  const own = list.filter((view) => view.buffer === buffer);
  const [text, ...others] = new Set(own.map(({ offset, strides }) => `${offset} ${strides}`));
  return others.length > 0 ? null : text!;
}

/** The buffers that take over the memory of another: new → old. */
function inPlace({ kernels }: Program, lives: ReadonlyMap<Buffer, Life>): Map<Buffer, Buffer> {
  const taken = new Map<Buffer, Buffer>();
  const gone = new Set<Buffer>();
  kernels.forEach((kernel, at) => {
    if (kernel.kind !== "loop") return;
    const { reads, writes } = accessesOf(kernel);
    for (const { buffer } of writes) {
      const order = oneView(writes, buffer);
      if (order === null || lives.get(buffer)!.first !== at || taken.has(buffer)) continue;
      const old = reads.find(
        ({ buffer: other }) =>
          other.role === "temporary" &&
          lives.get(other)!.last === at &&
          lives.get(other)!.first < at &&
          bytesOf(other) === bytesOf(buffer) &&
          bytesPerElement[other.dtype] === bytesPerElement[buffer.dtype] &&
          !gone.has(other) &&
          oneView(reads, other) === order,
      );
      if (!old) continue;
      taken.set(buffer, old.buffer);
      gone.add(old.buffer);
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
      first: program.kernels.length,
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
  /** By offset. */
  const placed: Unit[] = [];
  const isGiven = ({ first }: Unit) => Number(first >= 0);
  const units = unitsOf(program).sort(
    (a, b) => isGiven(a) - isGiven(b) || b.bytes - a.bytes || a.first - b.first,
  );
  for (const unit of units) {
    const size = up(unit.bytes);
    let end = 0;
    let best = -1;
    let room = -1;
    for (let i = 0; i < placed.length; i++) {
      const other = placed[i]!;
      if (other.first > unit.last || other.last < unit.first) continue;
      const gap = other.offset - end;
      if (gap >= size && (room < 0 || gap < room)) {
        best = end;
        room = gap;
      }
      end = Math.max(end, other.offset + up(other.bytes));
    }
    unit.offset = best < 0 ? end : best;
    let at = placed.length;
    while (at > 0 && placed[at - 1]!.offset > unit.offset) at--;
    placed.splice(at, 0, unit);
  }
  const offsets = new Map(
    placed.flatMap(({ buffers, offset }) => buffers.map((buffer) => [buffer, offset] as const)),
  );
  return { offsets, size: Math.max(0, ...placed.map(({ offset, bytes }) => offset + up(bytes))) };
}
