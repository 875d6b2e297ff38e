// bands: kernels that run over the same samples run block by block of these, so that what one writes is still in the
// cache when the next one reads it.
//
//   for block of samples:  for kernel of the band:  the kernel, on that block
//
// A kernel belongs to a band when one of its axes runs over the samples, and every array of the band that it touches has
// an axis along which it goes in step: then a block of its results depends on the same block of theirs alone. Its axis is
// cut into blocks, which become its first axis; run in whatever order, they compute the same, to the bit.
// What sums over the samples, as gradients of weights do, comes after a band, and what needs it is in the next. Unless the
// sum is small: then each block sums a part of it in the band, and the sum of the parts comes after it (bands/sums.ts).
// That changes the order of its terms, and nothing else.
import { contract } from "./bands/contract.ts";
import { cutKernel } from "./bands/cut.ts";
import { isInStep, type Slice, sliceOf } from "./bands/slice.ts";
import { type Spaces, spacesOf } from "./bands/spaces.ts";
import { sumsOf } from "./bands/sums.ts";
import { accessesOf, bytesOf } from "./lifetimes.ts";
import type { Band, Buffer, Kernel, Program } from "./program.ts";

export interface BandOptions {
  /** Bytes of all arrays of a band that a block may have: what stays in a cache. 0 cuts all that can be cut, as finely as can be. */
  readonly cache?: number;
  /** Samples that a block has at least. */
  readonly fewest?: number;
  /** Whether blocks sum parts of what is summed over the samples, true by default; if not, results are the bits of a program without bands. */
  readonly parts?: boolean;
}

interface Placed {
  readonly at: number;
  readonly kernel: Kernel;
  /** Of kernels in a band: how they run over the samples. */
  readonly slice: Slice | null;
  /** Stage s is band s, then the kernels that are in none. */
  readonly stage: number;
}

/** Which kernels write a buffer, by number. */
function writersOf({ kernels }: Program): Map<Buffer, number[]> {
  const writers = new Map<Buffer, number[]>();
  kernels.forEach((kernel, at) => {
    for (const buffer of new Set(accessesOf(kernel).writes.map((view) => view.buffer)))
      writers.set(buffer, [...(writers.get(buffer) ?? []), at]);
  });
  return writers;
}

/** All kernels, with those that run over `samples` in the earliest band that they can be in. */
function place(
  program: Program,
  spaces: readonly (Spaces | null)[],
  samples: number,
): { readonly placed: Placed[]; readonly along: ReadonlyMap<Buffer, number> } {
  const writers = writersOf(program);
  const placed: Placed[] = [];
  /** Along which axis bands run over their arrays. */
  const along = new Map<Buffer, number>();
  program.kernels.forEach((kernel, at) => {
    const { reads, writes } = accessesOf(kernel);
    const own = spaces[at];
    const isSole = writes.every(({ buffer }) => writers.get(buffer)!.length === 1);
    const sliced = own && isSole ? sliceOf(own, samples) : null;
    const isWithin = (buffer: Buffer): boolean =>
      sliced !== null &&
      along.has(buffer) &&
      own!.loads.every(
        (walk) => walk.view.buffer !== buffer || isInStep(walk, sliced.slice, along.get(buffer)!),
      );
    let stage = 0;
    for (const { buffer } of [...reads, ...writes])
      for (const other of writers.get(buffer) ?? []) {
        const before = placed[other];
        if (before === undefined) continue;
        const isNext = sliced !== null && !isWithin(buffer);
        stage = Math.max(stage, before.stage + Number(isNext));
      }
    placed.push({ at, kernel, slice: sliced?.slice ?? null, stage });
    for (const [buffer, axis] of sliced?.written ?? []) along.set(buffer, axis);
  });
  return { placed, along };
}

/** Bytes of the arrays that kernels walk through sample by sample, and of those that they read again for every block. */
function bytesOfBand(
  members: readonly Placed[],
  spaces: readonly (Spaces | null)[],
): { readonly walked: number; readonly again: number } {
  const walked = new Map<Buffer, number>();
  const again = new Map<string, number>();
  for (const { at, slice } of members)
    for (const { view } of [...spaces[at]!.loads, ...spaces[at]!.stores]) {
      const { buffer, strides } = view;
      // Products pack what they read by other strides once more.
      if (strides[slice!.axis]) walked.set(buffer, bytesOf(buffer));
      else again.set(`${buffer.id} ${strides.filter((stride) => stride !== 0)}`, bytesOf(buffer));
    }
  const total = (all: ReadonlyMap<unknown, number>): number =>
    [...all.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { walked: total(walked), again: total(again) };
}

/** A band is cut if its arrays take more than so many times the cache: less is kept well enough by the cache itself. */
const FAR_TOO_LARGE = 4;
/** And if what all blocks read again is at most one part in so many of that. So much of what they sum may parts of sums take. */
const LITTLE = 4;

/** Into how many blocks, if cutting is worth it; else 1. A block that does not fit the cache would gain nothing. */
function blocksFor(
  samples: number,
  { walked, again }: Readonly<Record<"walked" | "again", number>>,
  { cache, fewest }: Required<BandOptions>,
): number {
  if (walked <= FAR_TOO_LARGE * cache) return 1;
  let most = 1;
  for (let blocks = 2; samples / blocks >= fewest; blocks++) {
    if (samples % blocks !== 0) continue;
    most = blocks;
    if (walked / blocks <= cache) return blocks * again <= walked / LITTLE ? blocks : 1;
  }
  return cache === 0 ? most : 1;
}

interface Cut {
  readonly kernels: readonly Kernel[];
  readonly bands: readonly Band[];
  /** Bytes that the bands walk through: the samples with most of them are taken. */
  readonly gain: number;
  readonly along: ReadonlyMap<Buffer, number>;
  /** Parts of sums. */
  readonly buffers: readonly Buffer[];
}

function cut(
  program: Program,
  spaces: readonly (Spaces | null)[],
  samples: number,
  options: Required<BandOptions>,
): Cut {
  const { placed, along } = place(program, spaces, samples);
  const kernels: Kernel[] = [];
  const bands: Band[] = [];
  const buffers: Buffer[] = [];
  let gain = 0;
  const last = Math.max(...placed.map(({ stage }) => stage));
  for (let stage = 0; stage <= last; stage++) {
    const here = placed.filter((each) => each.stage === stage);
    const members = here.filter(({ slice }) => slice !== null);
    const bytes = bytesOfBand(members, spaces);
    const blocks = members.length > 1 ? blocksFor(samples, bytes, options) : 1;
    if (blocks > 1) {
      const own = new Set(
        members.flatMap(({ kernel }) => accessesOf(kernel).writes.map(({ buffer }) => buffer)),
      );
      const others = here.filter(({ slice }) => slice === null).map(({ kernel }) => kernel);
      const sums = sumsOf(others, {
        samples,
        blocks,
        along: (buffer) => (own.has(buffer) ? along.get(buffer) : undefined),
        little: options.parts ? (options.cache === 0 ? 0 : LITTLE) : Number.POSITIVE_INFINITY,
        id: program.buffers.length + buffers.length,
      });
      buffers.push(...sums.buffers);
      bands.push({ first: kernels.length, kernels: members.length + sums.parts.length, blocks });
      kernels.push(...members.map(({ kernel, slice }) => cutKernel(kernel, slice!, blocks)));
      kernels.push(...sums.parts, ...sums.behind);
      gain += bytes.walked;
    } else kernels.push(...here.map(({ kernel }) => kernel));
  }
  return { kernels, bands, gain, along, buffers };
}

/** A program whose kernels run in bands; the program itself where all of it fits the cache. */
export function band(
  program: Program,
  { cache = 2 ** 21, fewest = 64, parts = true }: BandOptions = {},
): Program {
  if (!(cache >= 0)) throw new RangeError(`band: expected cache to be bytes ≥ 0, got ${cache}`);
  if (!(fewest >= 1))
    throw new RangeError(`band: expected fewest to be samples ≥ 1, got ${fewest}`);
  const total = program.buffers.reduce((sum, buffer) => sum + bytesOf(buffer), 0);
  if (total <= FAR_TOO_LARGE * cache) return program;
  // Samples are the rows of products.
  const rows = program.kernels.flatMap((kernel) => (kernel.kind === "matmul" ? [kernel.rows] : []));
  const lengths = [...new Set(rows)].filter((length) => length >= 2 * fewest);
  const spaces = program.kernels.map(spacesOf);
  let best: Cut | null = null;
  for (const samples of lengths) {
    const tried = cut(program, spaces, samples, { cache, fewest, parts });
    if (tried.gain > (best?.gain ?? 0)) best = tried;
  }
  if (best === null) return program;
  const { bands } = best;
  const { kernels, contracted } = contract(best.kernels, bands, best.along);
  const all = [...program.buffers, ...best.buffers];
  const buffers = all.map((buffer) => contracted.get(buffer) ?? buffer);
  return { ...program, buffers, kernels, bands };
}
