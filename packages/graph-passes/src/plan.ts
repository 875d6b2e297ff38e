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
import { bandOf } from "./band-of.ts";
import {
  accessesOf,
  bytesOf,
  bytesPerElement,
  type Life,
  lifetimes,
  timesOf,
} from "./lifetimes.ts";
import type { Buffer, Program, View } from "./program.ts";

export interface Plan {
  /** Byte offsets, multiples of `align`. */
  readonly offsets: ReadonlyMap<Buffer, number>;
  readonly size: number;
}

/** The one view through which a buffer is used, as text; null if there are several. */
function oneView(list: readonly View[], buffer: Buffer): string | null {
  const own = list.filter((view) => view.buffer === buffer);
  const [text, ...others] = new Set(own.map(({ offset, strides }) => `${offset} ${strides}`));
  return others.length > 0 ? null : text!;
}

/** The buffers that take over the memory of another: new → old. */
function inPlace(
  program: Program,
  lives: ReadonlyMap<Buffer, Life>,
  times: readonly number[],
): Map<Buffer, Buffer> {
  const { kernels } = program;
  const taken = new Map<Buffer, Buffer>();
  const gone = new Set<Buffer>();
  const accesses = kernels.map(accessesOf);
  kernels.forEach((kernel, at) => {
    // In a band others may read what a loop has overwritten a block of.
    if (kernel.kind !== "loop" || bandOf(program, at)) return;
    const { reads, writes } = accesses[at]!;
    const now = times[at]!;
    const isReadBeside = (buffer: Buffer): boolean => {
      for (let k = now; times[k] === now; k++)
        if (k !== at && accesses[k]!.reads.some((view) => view.buffer === buffer)) return true;
      return false;
    };
    for (const { buffer } of writes) {
      const order = oneView(writes, buffer);
      if (order === null || lives.get(buffer)!.first !== now || taken.has(buffer)) continue;
      const old = reads.find(
        ({ buffer: other }) =>
          (other.role === "temporary" || other.role === "block") &&
          (other.role === "block") === (buffer.role === "block") &&
          lives.get(other)!.last === now &&
          lives.get(other)!.first < now &&
          bytesOf(other) === bytesOf(buffer) &&
          bytesPerElement[other.dtype] === bytesPerElement[buffer.dtype] &&
          !gone.has(other) &&
          !isReadBeside(other) &&
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

function unitsOf(program: Program, times: readonly number[]): Unit[] {
  const lives = lifetimes(program, times);
  const taken = inPlace(program, lives, times);
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

/** Places the buffers that a program lists. */
function arrange(program: Program, align: number, times: readonly number[]): Plan {
  const up = (bytes: number) => Math.ceil(bytes / align) * align;
  /** By offset. */
  const placed: Unit[] = [];
  const isGiven = ({ first }: Unit) => Number(first >= 0);
  const units = unitsOf(program, times).sort(
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

export interface PlanOptions {
  /** In bytes, a power of two. */
  readonly align?: number;
  /** Of each kernel, the number of the first that it may run at once with. By default they run one after the other. */
  readonly times?: readonly number[];
}

/** The arena of a program. */
export function plan(
  program: Program,
  { align = 64, times = timesOf(program) }: PlanOptions = {},
): Plan {
  const buffers = program.buffers.filter(({ role }) => role !== "block");
  return arrange({ ...program, buffers }, align, times);
}

/** The memory for one block, of whichever band runs. */
export function planBlocks(
  program: Program,
  { align = 64 }: Pick<PlanOptions, "align"> = {},
): Plan {
  const offsets = new Map<Buffer, number>();
  let size = 0;
  for (const { first, kernels: count } of program.bands ?? []) {
    const kernels = program.kernels.slice(first, first + count);
    const touched = kernels.map(accessesOf).flatMap(({ reads, writes }) => [...reads, ...writes]);
    const own = new Set(touched.map(({ buffer }) => buffer).filter(({ role }) => role === "block"));
    const times = kernels.map((_, at) => at);
    const planned = arrange({ ...program, buffers: [...own], kernels, bands: [] }, align, times);
    for (const [buffer, offset] of planned.offsets) offsets.set(buffer, offset);
    size = Math.max(size, planned.size);
  }
  return { offsets, size };
}
