// The dense product of two row-major matrices, register-blocked.
//
//   C[i, j] = Σₖ A[i, k] B[k, j]
//
// Four rows of A and two columns of B are packed side by side, so that the inner loop reads two
// contiguous streams into eight accumulators (Goto & van de Geijn 2008, without the cache levels).
// Sums of floats are in double precision and rounded once; whole numbers are multiplied modulo 2³².
import type { TypedArray } from "../array.ts";

const [height, width] = [4, 2];

/** Packs lines for the inner loop: element k of line i lies at start + i·lineStep + k·step; missing ones are 0. */
function pack(
  from: TypedArray,
  start: number,
  [lineStep, step]: [number, number],
  lines: number,
  into: Float64Array,
  size: number,
): void {
  for (let i = 0; i < size; i++)
    for (let at = i, read = start + i * lineStep; at < into.length; at += size, read += step)
      into[at] = i < lines ? from[read]! : 0;
}

/** The 4×2 tile Σₖ aₖ bₖᵀ of two packed panels, row-major. */
function multiplyPanels(a: Float64Array, b: Float64Array): number[] {
  let [c00, c01, c10, c11, c20, c21, c30, c31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let p = 0, q = 0; p < a.length; p += 4, q += 2) {
    const b0 = b[q]!;
    const b1 = b[q + 1]!;
    c00 += a[p]! * b0;
    c01 += a[p]! * b1;
    c10 += a[p + 1]! * b0;
    c11 += a[p + 1]! * b1;
    c20 += a[p + 2]! * b0;
    c21 += a[p + 2]! * b1;
    c30 += a[p + 3]! * b0;
    c31 += a[p + 3]! * b1;
  }
  return [c00, c01, c10, c11, c20, c21, c30, c31];
}

/** A matrix inside a typed array: row-major, its first element at `start`. */
export interface Matrix {
  readonly data: TypedArray;
  readonly start: number;
}

/** C (rows × columns) = A (rows × depth) · B (depth × columns). */
export function gemm(
  [rows, depth, columns]: readonly [number, number, number],
  A: Matrix,
  B: Matrix,
  C: Matrix,
): void {
  const panels = Array.from({ length: Math.ceil(columns / width) }, (_, panel) => {
    const into = new Float64Array(width * depth);
    pack(B.data, B.start + panel * width, [1, columns], columns - panel * width, into, width);
    return into;
  });
  const strip = new Float64Array(height * depth);
  for (let i = 0; i < rows; i += height) {
    pack(A.data, A.start + i * depth, [depth, 1], rows - i, strip, height);
    for (let j = 0; j < columns; j += width) {
      const tile = multiplyPanels(strip, panels[j / width]!);
      for (let r = 0; r < Math.min(height, rows - i); r++)
        for (let s = 0; s < Math.min(width, columns - j); s++)
          C.data[C.start + (i + r) * columns + j + s] = tile[width * r + s]!;
    }
  }
}

/** The same for whole numbers of 32 bits, whose products may exceed 2⁵³. */
export function gemmModulo(
  [rows, depth, columns]: readonly [number, number, number],
  A: Matrix,
  B: Matrix,
  C: Matrix,
): void {
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < depth; k++) {
      const a = A.data[A.start + i * depth + k]!;
      for (let j = 0; j < columns; j++)
        C.data[C.start + i * columns + j]! += Math.imul(a, B.data[B.start + k * columns + j]!);
    }
}
