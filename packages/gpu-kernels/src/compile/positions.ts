// From the indices of an iteration space to an element of an array, as text.
//
//   flat = offset + Σ iₖ·strides[k]   →   row = ⌊flat/columns⌋, column = flat mod columns
//
// Nearly always each axis runs either along rows or within them; then row and column are sums of their own. An
// axis that runs across the ends of rows is taken apart first. What remains goes by the flat position.
import { sizeOf } from "../errors.ts";
import { literal } from "../template.ts";
import { compileError } from "./compile-error.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import { type Operand, type Slot, wholeLimit } from "./slot.ts";

/** An index (the name of a local, or a literal), its range 0 … extent − 1, and by how much it advances. */
export interface Axis {
  readonly index: string;
  readonly extent: number;
  readonly stride: number;
}

/** offset + Σ index·stride */
export function sumText(offset: number, axes: readonly Axis[]): string {
  const terms = axes
    .filter(({ extent, stride }) => extent > 1 && stride !== 0)
    .map(({ index, stride }) => {
      const size = Math.abs(stride);
      const term = size === 1 ? index : `${index} * ${literal(size)}`;
      return { sign: stride < 0 ? "-" : "+", term };
    });
  const first = terms[0];
  if (!first) return literal(offset);
  const start = offset !== 0 || first.sign === "-" ? `${literal(offset)} ${first.sign} ` : "";
  const rest = terms.slice(1).map(({ sign, term }) => ` ${sign} ${term}`);
  return `${start}${first.term}${rest.join("")}`;
}

/** Row and column, each a sum over the axes; null where an axis runs across the ends of rows. */
export interface Apart {
  readonly rowOffset: number;
  readonly columnOffset: number;
  readonly alongRows: readonly Axis[];
  readonly within: readonly Axis[];
}

export function takeApart(offset: number, axes: readonly Axis[], columns: number): Apart | null {
  const rowOffset = Math.floor(offset / columns);
  const columnOffset = offset - rowOffset * columns;
  const walked = axes.filter(({ extent, stride }) => extent > 1 && stride !== 0);
  const within = walked.filter(({ stride }) => stride % columns !== 0);
  const spans = within.map(({ extent, stride }) => (extent - 1) * stride);
  const low = columnOffset + spans.reduce((sum, span) => sum + Math.min(0, span), 0);
  const high = columnOffset + spans.reduce((sum, span) => sum + Math.max(0, span), 0);
  if (low < 0 || high >= columns) return null;
  const alongRows = walked
    .filter(({ stride }) => stride % columns === 0)
    .map((axis) => ({ ...axis, stride: axis.stride / columns }));
  return { rowOffset, columnOffset, alongRows, within };
}

/** How many steps of an axis fill a row that they cross the end of; 0 if it does not, or not evenly. */
export function stepsPerRow({ extent, stride }: Omit<Axis, "index">, columns: number): number {
  const size = Math.abs(stride);
  const crosses = size > 0 && size < columns && (extent - 1) * size >= columns;
  return crosses && columns % size === 0 ? columns / size : 0;
}

/** Axes across the ends of rows become two each: which row, and where in it. */
const splitAxes = (writer: KernelWriter, axes: readonly Axis[], columns: number): Axis[] =>
  axes.flatMap((axis): Axis[] => {
    const { index, extent, stride } = axis;
    const steps = stepsPerRow(axis, columns);
    if (steps === 0) return [axis];
    const outer = writer.quotient(index, steps, extent);
    const inner = writer.local(`${index} - ${outer} * ${literal(steps)}`);
    return [
      { index: outer, extent: Math.ceil(extent / steps), stride: stride * steps },
      { index: inner, extent: steps, stride },
    ];
  });

/** Throws where flat positions do not fit f32. */
export function requireFlat({ shape }: Slot): void {
  const size = sizeOf(shape);
  if (size > wholeLimit)
    throw compileError(
      `an array of ${size} elements is read or written in an order that its rows do not follow; expected at most ${wholeLimit} elements for that: make the batch smaller, or reshape before and not after`,
    );
}

/** Text for the element of `operand` at these indices, one per axis of its strides. */
export function elementText(
  writer: KernelWriter,
  { slot, offset, strides }: Operand,
  indices: readonly string[],
  extents: readonly number[],
): string {
  const axes = strides.map(
    (stride, k): Axis => ({
      index: indices[k] ?? "0.0",
      extent: extents[k] ?? 1,
      stride,
    }),
  );
  const name = writer.name(slot);
  const [rows, columns] = slot.shape;
  if (columns === undefined) return `${name}[${sumText(offset, axes)}]`;
  const apart =
    takeApart(offset, axes, columns) ??
    takeApart(offset, splitAxes(writer, axes, columns), columns);
  if (apart) {
    const row = sumText(apart.rowOffset, apart.alongRows);
    return `${name}[${row}][${sumText(apart.columnOffset, apart.within)}]`;
  }
  requireFlat(slot);
  const flat = writer.local(sumText(offset, axes));
  const row = writer.quotient(flat, columns, rows * columns);
  return `${name}[${row}][${flat} - ${row} * ${literal(columns)}]`;
}

/** The indices over `shape` of its element `t` in row-major order. */
export function digitsOf(writer: KernelWriter, t: string, shape: readonly number[]): string[] {
  let rest = t;
  let size = sizeOf(shape);
  return shape.map((extent) => {
    size /= extent;
    if (extent === 1) return "0.0";
    const digit = writer.quotient(rest, size, size * extent);
    if (size > 1) rest = writer.local(`${rest} - ${digit} * ${literal(size)}`);
    return digit;
  });
}
