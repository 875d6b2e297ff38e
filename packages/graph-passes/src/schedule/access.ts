// Where a kernel finds the element it works on: affine maps from iteration indices to flat positions.
//
//   position(i0, i1, …) = offset + Σ iₖ·strides[k]         in the row-major order of the array read
//
// A reshape changes nothing here, since positions are flat. A permute, broadcast or slice needs the index
// along each axis of its result, so the position is taken apart into digits; an iteration axis that runs
// over several of them is split first (`Split`), and what no affine map can say is `Stuck`.
import { type Shape, sizeOf, stridesOf } from "./shapes.ts";

export interface Access {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Element `index` of an array of `shape` lies at `constant + Σ index[a]·weights[a]` of another one. */
export interface Layout {
  readonly shape: Shape;
  readonly weights: readonly number[];
  readonly constant: number;
}

/** Thrown: iteration axis `axis` must become two, the inner one of length `inner`. */
export class Split {
  readonly axis: number;
  readonly inner: number;
  constructor(axis: number, inner: number) {
    this.axis = axis;
    this.inner = inner;
  }
}

/** Thrown: no affine map says where the elements lie. */
export class Stuck {}

export const rowMajor = (extents: Shape): Access => ({ offset: 0, strides: stridesOf(extents) });

/** How an array of shape `from` is read as if it had the shape `to`, aligned at the last axes. */
export function broadcastLayout(from: Shape, to: Shape): Layout {
  const own = stridesOf(from);
  const missing = to.length - from.length;
  const weights = to.map((_, a) =>
    a < missing || from[a - missing] === 1 ? 0 : own[a - missing]!,
  );
  return { shape: to, weights, constant: 0 };
}

/** Neighbouring axes that are walked as one become one; axes of length 1 vanish. */
function blocksOf({ shape, weights }: Layout): { length: number; weight: number }[] {
  const blocks: { length: number; weight: number }[] = [];
  shape.forEach((length, a) => {
    const last = blocks.at(-1);
    if (length === 1) return;
    if (last && last.weight === weights[a]! * length)
      blocks.splice(-1, 1, { length: last.length * length, weight: weights[a]! });
    else blocks.push({ length, weight: weights[a]! });
  });
  return blocks;
}

/** Whether a layout over `size` elements moves none of them. */
export function isIdentity(layout: Layout, size: number): boolean {
  if (layout.constant !== 0 || sizeOf(layout.shape) !== size) return false;
  const blocks = blocksOf(layout);
  return blocks.length === 0 || size === 0 || (blocks.length === 1 && blocks[0]!.weight === 1);
}

/** The access to the array behind a layout, from the access to the array that has the layout's shape. */
export function through(access: Access, extents: Shape, layout: Layout): Access {
  const { constant } = layout;
  const blocks = blocksOf(layout);
  const still = extents.map(() => 0);
  if (sizeOf(extents) === 0 || blocks.length === 0) return { offset: constant, strides: still };
  if (blocks.length === 1) {
    const { weight } = blocks[0]!;
    return {
      offset: constant + weight * access.offset,
      strides: access.strides.map((s) => s * weight),
    };
  }
  const steps = stridesOf(blocks.map(({ length }) => length));
  let rest = access.offset;
  let offset = constant;
  const low = blocks.map(({ weight }, b) => {
    const digit = Math.floor(rest / steps[b]!);
    rest -= digit * steps[b]!;
    offset += digit * weight;
    return digit;
  });
  const high = [...low];
  const strides = access.strides.map((stride, axis) => {
    const extent = extents[axis]!;
    if (extent === 1 || stride === 0) return 0;
    const b = steps.findIndex((step) => step <= Math.abs(stride));
    const [{ length, weight }, digits] = [blocks[b]!, stride / steps[b]!];
    if (!Number.isInteger(digits)) throw new Stuck();
    if (Math.abs(digits) * (extent - 1) >= length) {
      const inner = length / Math.abs(digits);
      if (b === 0 || !Number.isInteger(inner) || extent % inner !== 0) throw new Stuck();
      throw new Split(axis, inner);
    }
    (digits < 0 ? low : high)[b]! += digits * (extent - 1);
    return digits * weight;
  });
  if (blocks.some(({ length }, b) => low[b]! < 0 || high[b]! >= length)) throw new Stuck();
  return { offset, strides };
}

/** An access over axes of which `axis` was split, the inner part of length `inner`. */
export const splitAccess = ({ offset, strides }: Access, { axis, inner }: Split): Access => ({
  offset,
  strides: strides.toSpliced(axis, 1, strides[axis]! * inner, strides[axis]!),
});

export const splitExtents = (extents: Shape, { axis, inner }: Split): number[] =>
  [...extents].toSpliced(axis, 1, extents[axis]! / inner, inner);
