// The axis of a kernel that runs over the samples of a batch, as its results tell.
//
//   axis of length outer · samples · inner:  index = (o · samples + n) · inner + i
//
// Merged axes are taken apart again here: rows of a product may run over directions and samples.
import type { Buffer } from "../program.ts";
import { stridesOf } from "../schedule/shapes.ts";
import type { Spaces, Walk } from "./spaces.ts";

/** How an axis is taken apart. */
export interface Slice {
  readonly axis: number;
  readonly samples: number;
  readonly inner: number;
}

/** Whether a walk goes along axis `along` of its array as it goes along the samples, and stays within the sample else. */
export function isInStep(
  { view, lengths }: Walk,
  { axis, samples, inner }: Slice,
  along: number,
): boolean {
  const { buffer, offset, strides } = view;
  const sample = stridesOf(buffer.shape)[along]!;
  const all = sample * samples;
  if (strides[axis]! * inner !== sample || Math.floor(offset / sample) % samples !== 0)
    return false;
  let reach = (offset % sample) + strides[axis]! * (inner - 1);
  for (const [k, length] of lengths.entries()) {
    const stride = strides[k]!;
    if (k === axis || length === 1 || stride % all === 0) continue;
    if (stride < 0) return false;
    reach += stride * (length - 1);
  }
  return reach < sample;
}

/** The axis of an array along which a walk is in step; null if there is none. */
function alongOf(walk: Walk, slice: Slice): number | null {
  const { shape } = walk.view.buffer;
  const found = shape.findIndex(
    (length, along) => length === slice.samples && isInStep(walk, slice, along),
  );
  return found < 0 ? null : found;
}

export interface Sliced {
  readonly slice: Slice;
  /** The arrays that are written, and along which of their axes. */
  readonly written: readonly (readonly [buffer: Buffer, along: number])[];
}

/** How a kernel runs over `samples`, if all that it writes does so. */
export function sliceOf({ stores, axes: [from, to] }: Spaces, samples: number): Sliced | null {
  const [first] = stores;
  if (!first) return null;
  const { view, lengths } = first;
  const strides = stridesOf(view.buffer.shape);
  for (let axis = from; axis <= to; axis++)
    for (const [along, length] of view.buffer.shape.entries()) {
      const inner = strides[along]! / view.strides[axis]!;
      if (length !== samples || !Number.isInteger(inner) || inner < 1) continue;
      if (lengths[axis]! % (samples * inner) !== 0) continue;
      const slice = { axis, samples, inner };
      const written = stores.map((walk) => [walk.view.buffer, alongOf(walk, slice)] as const);
      if (written.every((entry): entry is readonly [Buffer, number] => entry[1] !== null))
        return { slice, written };
    }
  return null;
}
