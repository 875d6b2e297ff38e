// The dense product of two row-major matrices, register-blocked.
//
//   C[i, j] = Σₖ A[i, k] B[k, j]
//
// Four rows of A and two columns of B are packed side by side, so that the inner loop reads two
// contiguous streams into eight accumulators (Goto & van de Geijn 2008, without the cache levels).
// Sums are in double precision whatever the inputs are, and rounded once.
import type { TypedArray } from "../array.ts";

const height = 4;
const width = 2;

/** Packs up to `size` lines; element k of line i lies at start + i·lineStep + k·step. Missing lines are 0. */
function pack(
  from: TypedArray,
  start: number,
  lineStep: number,
  step: number,
  lines: number,
  size: number,
  into: Float64Array,
): void {
  for (let i = 0; i < lines; i++)
    for (let at = i, read = start + i * lineStep; at < into.length; at += size, read += step)
      into[at] = from[read] as number;
  for (let i = lines; i < size; i++) for (let at = i; at < into.length; at += size) into[at] = 0;
}

/** The 4×2 tile Σₖ aₖ bₖᵀ of two packed panels, row-major. */
function multiplyPanels(a: Float64Array, b: Float64Array, start: number, tile: Float64Array): void {
  let c00 = 0;
  let c01 = 0;
  let c10 = 0;
  let c11 = 0;
  let c20 = 0;
  let c21 = 0;
  let c30 = 0;
  let c31 = 0;
  for (let p = 0, q = start; p < a.length; p += 4, q += 2) {
    const b0 = b[q] as number;
    const b1 = b[q + 1] as number;
    const a0 = a[p] as number;
    const a1 = a[p + 1] as number;
    const a2 = a[p + 2] as number;
    const a3 = a[p + 3] as number;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c30 += a3 * b0;
    c31 += a3 * b1;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c10;
  tile[3] = c11;
  tile[4] = c20;
  tile[5] = c21;
  tile[6] = c30;
  tile[7] = c31;
}

/** A matrix inside a typed array: row-major, its first element at `start`. */
export interface Matrix {
  readonly data: TypedArray;
  readonly start: number;
}

/** C (rows × columns) = A (rows × depth) · B (depth × columns). */
export function gemm(
  rows: number,
  depth: number,
  columns: number,
  A: Matrix,
  B: Matrix,
  C: Matrix,
): void {
  const panel = width * depth;
  const panels = new Float64Array(Math.ceil(columns / width) * panel);
  for (let j = 0; j < columns; j += width)
    pack(
      B.data,
      B.start + j,
      1,
      columns,
      Math.min(width, columns - j),
      width,
      panels.subarray(j * depth, j * depth + panel),
    );
  const strip = new Float64Array(height * depth);
  const tile = new Float64Array(height * width);
  for (let i = 0; i < rows; i += height) {
    const tall = Math.min(height, rows - i);
    pack(A.data, A.start + i * depth, depth, 1, tall, height, strip);
    for (let j = 0; j < columns; j += width) {
      multiplyPanels(strip, panels, j * depth, tile);
      const wide = Math.min(width, columns - j);
      for (let r = 0; r < tall; r++)
        for (let s = 0; s < wide; s++)
          C.data[C.start + (i + r) * columns + j + s] = tile[width * r + s] as number;
    }
  }
}
