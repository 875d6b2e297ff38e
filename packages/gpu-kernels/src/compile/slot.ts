// Arrays on the device, while a program is planned: a slot is one array that some kernel, or the host, fills.
//
//   [] is [1];  [n] is [n];  [a, b, …, n] is [a·b·…, n], or a vector where a device launches no such matrix
//
// Kernels hold indices as f32 numbers, whole up to 2²⁴: no dimension is longer.
import { sizeOf } from "../errors.ts";
import type { Shape } from "../template.ts";
import { compileError } from "./compile-error.ts";

/** An array of a plan; its identity is the object's. */
export interface Slot {
  readonly shape: Shape;
}

/** An element of a slot for each element of an iteration space: `offset + Σ iₖ·strides[k]` in row-major order. */
export interface Operand {
  readonly slot: Slot;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** f32 holds every whole number up to here. */
export const wholeLimit: number = 2 ** 24;
/** WebGPU launches at most 65,535 groups of 8 × 8 threads in either direction; of vectors, more. */
const longestSide = 8 * 65_535;

/** How an array of the engine lies on a device. */
export function formOf(shape: readonly number[]): Shape {
  const columns = shape.at(-1);
  if (columns === undefined || shape.length === 1) return [columns ?? 1];
  return [sizeOf(shape) / columns, columns];
}

/** A new array of a shape. Throws where it is larger than `elements`, or than indices reach. */
export function slotFor(shape: readonly number[], elements: number): Slot {
  const [size, form] = [sizeOf(shape), formOf(shape)];
  if (size > elements)
    throw compileError(
      `an array [${shape}] has ${size} elements; expected at most ${elements}, which one array of this device holds: make the batch smaller`,
    );
  const isLong = form.length === 2 && Math.max(...form) > longestSide;
  const fitting: Shape = isLong && size <= wholeLimit ? [size] : form;
  if (Math.max(...fitting) > wholeLimit)
    throw compileError(
      `an array [${shape}] is longer than ${wholeLimit} along one dimension, where f32 indices end; expected it in parts, or with a last axis of 32 or more`,
    );
  return { shape: fitting };
}

/** How far apart neighbours along each axis lie in row-major order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] ?? 1;
  }
  return strides;
}

/** A slot read in the row-major order of an iteration space of its size. */
export const inOrder = (slot: Slot, space: readonly number[]): Operand => ({
  slot,
  offset: 0,
  strides: stridesOf(space),
});
