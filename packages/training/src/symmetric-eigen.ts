/**
 * Eigenvalues and eigenvectors of a real symmetric matrix: A = V diag(λ) Vᵀ, by cyclic Jacobi rotations.
 * Each rotation zeroes one off-diagonal pair; sweeps repeat until nothing is left above rounding. Slow for
 * large matrices (about 10 d³ a sweep) but accurate to rounding for small eigenvalues too, which whitening divides by.
 * Source: Golub and Van Loan, Matrix Computations, 4th ed., section 8.5; Press et al., Numerical Recipes, section 11.1.
 */

/** λ: falling; V: column j belongs to λ[j], its largest entry positive. */
export interface Eigen {
  readonly values: readonly number[];
  readonly vectors: readonly (readonly number[])[];
}

const maxSweeps = 60;

/** Decomposes a symmetric matrix [d, d] given as rows; only its symmetric part is used. */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const d = matrix.length;
  const a = matrix.map((row, i) =>
    Float64Array.from(row, (x, j) => (x + ((matrix[j] as readonly number[])[i] as number)) / 2),
  );
  const v = matrix.map((_, i) => Float64Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)));
  const tiny =
    Number.EPSILON *
    a.reduce((most, row) => row.reduce((x, y) => Math.max(x, Math.abs(y)), most), 0);
  for (let sweep = 0; sweep < maxSweeps; sweep += 1) {
    let rotated = false;
    for (let p = 0; p < d; p += 1) {
      for (let q = p + 1; q < d; q += 1) rotated = rotate(a, v, p, q, tiny) || rotated;
    }
    if (!rotated) break;
  }
  const order = a.map((_, j) => j).sort((i, j) => at(a, j, j) - at(a, i, i));
  const signs = order.map((j) => {
    const largest = v.reduce((best, row) => {
      const x = row[j] as number;
      return Math.abs(x) > Math.abs(best) + 1e-12 ? x : best;
    }, 0);
    return largest < 0 ? -1 : 1;
  });
  return {
    values: order.map((j) => at(a, j, j)),
    vectors: v.map((row) => order.map((j, k) => (signs[k] as number) * (row[j] as number))),
  };
}

/** One rotation in the plane (p, q), A ← RᵀAR and V ← VR; false when a_pq is zero to rounding. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number, tiny: number): boolean {
  const apq = at(a, p, q);
  const app = at(a, p, p);
  const aqq = at(a, q, q);
  // Relative to √(a_pp a_qq), not to ‖A‖: this keeps the small eigenvalues of graded matrices accurate.
  const scale = Math.max(Math.sqrt(Math.abs(app * aqq)), tiny);
  if (Math.abs(apq) <= Number.EPSILON * scale) return false;
  // t = tan of the smaller angle that solves t² + 2θt − 1 = 0, θ = (a_qq − a_pp) / 2a_pq
  const theta = (aqq - app) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(1, theta));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (const row of [...a, ...v]) {
    const x = row[p] as number;
    const y = row[q] as number;
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const rowP = a[p] as Float64Array;
  const rowQ = a[q] as Float64Array;
  for (let k = 0; k < rowP.length; k += 1) {
    const x = rowP[k] as number;
    const y = rowQ[k] as number;
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  rowP[q] = 0;
  rowQ[p] = 0;
  return true;
}

function at(a: readonly Float64Array[], i: number, j: number): number {
  return (a[i] as Float64Array)[j] as number;
}
