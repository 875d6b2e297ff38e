// Sums over the samples, in parts: every block of a band sums its own, and the sum of the parts comes behind the band.
//
//   Σₙ a[n]·b[n]   becomes   part[block] = Σ over the samples of a block,   Σ over the blocks of part[block]
//
// What only such sums read needs memory for one block then, and stays in the cache.
import { accessesOf, bytesOf } from "../lifetimes.ts";
import type { Buffer, Kernel, MatmulKernel, ReduceKernel, ScalarCode, View } from "../program.ts";
import { stridesOf } from "../schedule/shapes.ts";
import { cutLengths, cutView } from "./cut.ts";
import { isInStep } from "./slice.ts";
import type { Walk } from "./spaces.ts";

/** A sum in two kernels, and what the first hands to the second: [blocks, …] of the sum's own shape. */
interface Parts {
  readonly part: Kernel;
  readonly total: ReduceKernel;
  readonly buffer: Buffer;
}

/** A band that sums may join. */
export interface Around {
  readonly samples: number;
  readonly blocks: number;
  /** Along which axis the band writes a buffer; undefined if it writes none of it. */
  readonly along: (buffer: Buffer) => number | undefined;
  /** Parts take at most one part in so many of what they sum, of the bytes that the band writes; Infinity: none. */
  readonly little: number;
  /** The number of the first new buffer. */
  readonly id: number;
}

/** How many neighbours the samples have along a summed axis of walks, if all that the band writes is in step; else null. */
function innerOf(
  walks: readonly (Walk & { readonly axis: number })[],
  { samples, along }: Around,
): number | null {
  const found = new Set<number | null>();
  for (const walk of walks) {
    const { view, lengths, axis } = walk;
    const own = along(view.buffer);
    if (own === undefined) continue;
    const inner = stridesOf(view.buffer.shape)[own]! / view.strides[axis]!;
    const isWhole =
      Number.isInteger(inner) && inner >= 1 && lengths[axis]! % (samples * inner) === 0;
    found.add(isWhole && isInStep(walk, { axis, samples, inner }, own) ? inner : null);
  }
  return found.size === 1 ? [...found][0]! : null;
}

/** Stores what is summed as the last axes of a buffer. */
function storing(buffer: Buffer): ScalarCode {
  const view = { buffer, offset: 0, strides: stridesOf(buffer.shape) };
  return { given: [buffer.dtype], loads: [], steps: [], stores: [{ view, value: 0 }] };
}

/** The sum of parts over all axes of the buffer but the last ones, which are `kept`. */
function totalOf(
  buffer: Buffer,
  { kept, epilogue }: Pick<ReduceKernel, "kept" | "epilogue">,
): ReduceKernel {
  const count = buffer.shape.length - kept.length;
  const strides = stridesOf(buffer.shape);
  const view = {
    buffer,
    offset: 0,
    strides: [...strides.slice(count), ...strides.slice(0, count)],
  };
  return {
    kind: "reduce",
    fold: "sum",
    kept,
    reduced: buffer.shape.slice(0, count),
    code: { given: [], loads: [view], steps: [], stores: [] },
    folded: 0,
    epilogue,
  };
}

function product(kernel: MatmulKernel, around: Around): Parts | null {
  const { batch, rows, depth, columns, left, right, epilogue, dtype } = kernel;
  if (batch.length > 0) return null;
  const { samples, blocks, id } = around;
  const walks = [
    { view: left, lengths: [rows, depth], axis: 1 },
    { view: right, lengths: [depth, columns], axis: 0 },
  ];
  const inner = innerOf(walks, around);
  if (inner === null) return null;
  const block = (samples / blocks) * inner;
  const outer = depth / (samples * inner);
  /** Blocks, and what is outside of the samples, become axes of the batch. */
  const heads = (perBlock: number, perOuter: number): number[] =>
    outer > 1 ? [perBlock, perOuter] : [perBlock];
  const behind = (view: View, stride: number): View => ({
    ...view,
    strides: [...heads(stride * block, stride * samples * inner), ...view.strides],
  });
  const shape = [...heads(blocks, outer), rows, columns];
  const buffer: Buffer = { id, dtype, shape, role: "temporary" };
  const part: MatmulKernel = {
    ...kernel,
    batch: heads(blocks, outer),
    depth: block,
    left: behind(left, left.strides[1]!),
    right: behind(right, right.strides[0]!),
    epilogue: storing(buffer),
  };
  return { part, total: totalOf(buffer, { kept: [rows, columns], epilogue }), buffer };
}

function reduce(kernel: ReduceKernel, around: Around): Parts | null {
  const { kept, reduced, code, epilogue, fold } = kernel;
  if (fold !== "sum" || code.stores.length > 0) return null;
  const { samples, blocks, id } = around;
  const all = [...kept, ...reduced];
  for (let axis = kept.length; axis < all.length; axis++) {
    const inner = innerOf(
      code.loads.map((view) => ({ view, lengths: all, axis })),
      around,
    );
    if (inner === null) continue;
    const slice = { axis, samples, inner };
    const lengths = cutLengths(all, slice, blocks);
    const shape = [blocks, ...kept];
    const buffer: Buffer = { id, dtype: epilogue.given[0]!, shape, role: "temporary" };
    const part: ReduceKernel = {
      ...kernel,
      kept: lengths.slice(0, shape.length),
      reduced: lengths.slice(shape.length),
      code: { ...code, loads: code.loads.map((view) => cutView(view, slice, all[axis]!, blocks)) },
      epilogue: storing(buffer),
    };
    return { part, total: totalOf(buffer, kernel), buffer };
  }
  return null;
}

/** A kernel that sums over the samples of a band, in parts; null where it does not, or where it would not pay. */
function inParts(
  kernel: Kernel,
  around: Around,
  isLater: (buffer: Buffer) => boolean,
): Parts | null {
  if (kernel.kind !== "matmul" && kernel.kind !== "reduce") return null;
  const views = kernel.kind === "matmul" ? [kernel.left, kernel.right] : kernel.code.loads;
  const summed = new Set(views.map(({ buffer }) => buffer));
  if ([...summed].some(isLater)) return null;
  const parts = kernel.kind === "matmul" ? product(kernel, around) : reduce(kernel, around);
  if (parts === null) return null;
  const bytes = [...summed]
    .filter((buffer) => around.along(buffer) !== undefined)
    .reduce((sum, buffer) => sum + bytesOf(buffer), 0);
  return around.little * bytesOf(parts.buffer) <= bytes ? parts : null;
}

/** What the kernels behind a band become: kernels of the band that sum parts, and the kernels behind it, with the sums of these. */
export function sumsOf(
  kernels: readonly Kernel[],
  around: Around,
): { readonly parts: Kernel[]; readonly behind: Kernel[]; readonly buffers: Buffer[] } {
  const later = new Set(
    kernels.flatMap((kernel) => accessesOf(kernel).writes.map(({ buffer }) => buffer)),
  );
  const parts: Kernel[] = [];
  const buffers: Buffer[] = [];
  const behind = kernels.map((kernel) => {
    const id = around.id + buffers.length;
    const found = inParts(kernel, { ...around, id }, (buffer) => later.has(buffer));
    if (!found) return kernel;
    parts.push(found.part);
    buffers.push(found.buffer);
    return found.total;
  });
  return { parts, behind, buffers };
}
