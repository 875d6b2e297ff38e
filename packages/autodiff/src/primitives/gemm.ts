// The dense product of two row-major matrices, register-blocked.
//
//   C[i, j] = Σₖ A[i, k] B[k, j]
//
// Four rows of A and four columns of B are packed side by side, so that the inner loop reads two
// contiguous streams into sixteen accumulators (Goto & van de Geijn 2008, without the cache levels).
// Sums are in double precision whatever the inputs are, and rounded once.
import type { TypedArray } from "../array.ts";

/** Packs four lines of `count`; line i, element k lies at start + i·lineStep + k·step. Missing lines are 0. */
function pack4(
  from: TypedArray,
  start: number,
  lineStep: number,
  step: number,
  lines: number,
  depth: number,
  into: Float64Array,
): void {
  for (let k = 0; k < depth; k++)
    for (let i = 0; i < 4; i++)
      into[4 * k + i] = i < lines ? (from[start + i * lineStep + k * step] as number) : 0;
}

/** The 4×4 tile Σₖ aₖ bₖᵀ of two packed panels, row-major into `tile`. */
function multiplyPanels(
  a: Float64Array,
  b: Float64Array,
  offset: number,
  depth: number,
  tile: Float64Array,
): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  for (let k = 0, p = 0, q = offset; k < depth; k++, p += 4, q += 4) {
    const [b0, b1, b2, b3] = [
      b[q] as number,
      b[q + 1] as number,
      b[q + 2] as number,
      b[q + 3] as number,
    ];
    const [a0, a1, a2, a3] = [
      a[p] as number,
      a[p + 1] as number,
      a[p + 2] as number,
      a[p + 3] as number,
    ];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile.set([c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33]);
}

/** C (rows × columns, at offset c) = A (rows × depth, at a) · B (depth × columns, at b). */
export function gemm(
  rows: number,
  depth: number,
  columns: number,
  A: TypedArray,
  a: number,
  B: TypedArray,
  b: number,
  C: TypedArray,
  c: number,
): void {
  const panelSize = 4 * depth;
  const panels = new Float64Array(Math.ceil(columns / 4) * panelSize);
  for (let j = 0; j < columns; j += 4)
    pack4(
      B,
      b + j,
      1,
      columns,
      Math.min(4, columns - j),
      depth,
      panels.subarray(j * depth, j * depth + panelSize),
    );
  const strip = new Float64Array(panelSize);
  const tile = new Float64Array(16);
  for (let i = 0; i < rows; i += 4) {
    const height = Math.min(4, rows - i);
    pack4(A, a + i * depth, depth, 1, height, depth, strip);
    for (let j = 0; j < columns; j += 4) {
      multiplyPanels(strip, panels, j * depth, depth, tile);
      const width = Math.min(4, columns - j);
      for (let r = 0; r < height; r++)
        for (let s = 0; s < width; s++)
          C[c + (i + r) * columns + j + s] = tile[4 * r + s] as number;
    }
  }
}
