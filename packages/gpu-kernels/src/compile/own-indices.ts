// From a thread's own element back to the indices of the iteration space that stores there.
//
//   flat = offset + Σ iₖ·strides[k], each flat from one i at most   →   iₖ = ⌊rest/stridesₖ⌋, largest stride first
//
// A stored view never walks over an element twice, so its strides nest: what the smaller ones reach together is
// less than the next larger one. Elements that no index reaches fail one of the conditions.
import { literal } from "../template.ts";
import { compileError } from "./compile-error.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import { requireFlat, stepsPerRow, takeApart } from "./positions.ts";
import { type Operand, wholeLimit } from "./slot.ts";

/** The indices, and what must hold of them for the element to be stored at all. */
export interface OwnIndices {
  readonly indices: readonly string[];
  readonly conditions: readonly string[];
}

/** An axis of positive stride: number `at` of the space, or a part of it. */
interface Walk {
  readonly at: number;
  readonly index: string;
  readonly extent: number;
  readonly stride: number;
  /** Index `at` is `index`·scale + that of the other part. */
  readonly scale: number;
}

/** The digits of `value` (0 … length − 1) − offset, largest stride first. */
function digits(
  writer: KernelWriter,
  value: string,
  length: number,
  offset: number,
  walks: readonly Walk[],
  conditions: string[],
): Walk[] {
  let rest = offset === 0 ? value : writer.local(`${value} - ${literal(offset)}`);
  let [low, high] = [-offset, length - 1 - offset];
  const found = walks
    .toSorted((a, b) => b.stride - a.stride)
    .map((walk): Walk => {
      const { extent, stride } = walk;
      const index = writer.quotient(rest, stride, Math.max(-low, high) + 1);
      if (low < 0) conditions.push(`${index} > -0.5`);
      if (high >= extent * stride) conditions.push(`${index} < ${literal(extent - 0.5)}`);
      if (stride > 1) rest = writer.local(`${rest} - ${index} * ${literal(stride)}`);
      [low, high] = [0, stride - 1];
      return { ...walk, index };
    });
  if (low < 0) conditions.push(`${rest} > -0.5`);
  if (high > 0) conditions.push(`${rest} < 0.5`);
  return found;
}

function checkNested(walks: readonly Walk[]): void {
  let reach = 0;
  for (const { extent, stride } of walks.toSorted((a, b) => a.stride - b.stride)) {
    if (stride <= reach)
      throw compileError(`a store has strides ${walks.map((w) => w.stride)}, expected nested ones`);
    reach += (extent - 1) * stride;
  }
}

/** Walks across the ends of rows, taken apart. */
const split = (walks: readonly Walk[], columns: number): Walk[] =>
  walks.flatMap((walk): Walk[] => {
    const steps = stepsPerRow(walk, columns);
    if (steps === 0) return [walk];
    const extent = Math.ceil(walk.extent / steps);
    return [
      { ...walk, extent, stride: walk.stride * steps, scale: steps },
      { ...walk, extent: steps },
    ];
  });

/**
 * The indices over `extents` that store at the thread's own element of `operand`.
 *
 * The thread's place is `row` and `column`, or `index`, as in every kernel.
 */
export function ownIndices(
  writer: KernelWriter,
  { slot, offset, strides }: Operand,
  extents: readonly number[],
): OwnIndices {
  let start = offset;
  const walks = strides.flatMap((stride, at): Walk[] => {
    const extent = extents[at] ?? 1;
    if (extent === 1) return [];
    if (stride < 0) start += (extent - 1) * stride;
    return [{ at, index: "", extent, stride: Math.abs(stride), scale: 1 }];
  });
  checkNested(walks);
  const conditions: string[] = [];
  const [rows, columns] = slot.shape;
  const find = (): Walk[] => {
    if (columns === undefined) return digits(writer, "index", rows, start, walks, conditions);
    const parts = takeApart(start, walks, columns) ? walks : split(walks, columns);
    const apart = takeApart(start, parts, columns);
    if (apart) {
      const { rowOffset, columnOffset, alongRows, within } = apart;
      return [
        ...digits(writer, "row", rows, rowOffset, alongRows as Walk[], conditions),
        ...digits(writer, "column", columns, columnOffset, within as Walk[], conditions),
      ];
    }
    requireFlat(slot);
    const flat = writer.local(`row * ${literal(columns)} + column`);
    return digits(writer, flat, rows * columns, start, walks, conditions);
  };
  const found = find();
  const indices = strides.map((stride, at) => {
    const parts = found.filter((walk) => walk.at === at);
    const [first, second] = parts.toSorted((a, b) => b.scale - a.scale);
    const extent = extents[at] ?? 1;
    if (!first) return "0.0";
    let index = first.index;
    if (second) {
      if (extent > wholeLimit)
        throw compileError(
          `an axis of ${extent} elements is stored across the ends of rows; expected at most ${wholeLimit}, where f32 indices end: make the batch smaller, or keep its shape`,
        );
      index = writer.local(`${first.index} * ${literal(first.scale)} + ${second.index}`);
      if (first.extent * second.extent > extent)
        conditions.push(`${index} < ${literal(extent - 0.5)}`);
    }
    return stride < 0 ? writer.local(`${literal(extent - 1)} - ${index}`) : index;
  });
  return { indices, conditions };
}
