// Batches whose first two moments are exact, so that quadratic objectives have exact means.
//
//   ±√d L e_i, i = 1 … d:   mean 0, mean xxᵀ = LLᵀ = Σ
import { type Tensor, tensor } from "@cotangent/autodiff";

type Rows = readonly (readonly number[])[];

/** L with Σ = LLᵀ, by the textbook recurrence. */
export function cholesky(sigma: Rows): number[][] {
  const L = sigma.map((row) => row.map(() => 0));
  const at = (i: number, j: number): number => L[i]?.[j] ?? 0;
  sigma.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      let rest = row[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= at(i, k) * at(j, k);
      const target = L[i];
      if (target) target[j] = i === j ? Math.sqrt(rest) : rest / at(j, j);
    }
  });
  return L;
}

/** 2d rows with mean 0 and mean xxᵀ = Σ exactly. */
export function sigmaPoints(sigma: Rows): Tensor {
  const d = sigma.length;
  const L = cholesky(sigma);
  const column = (i: number, sign: number): number[] =>
    L.map((row) => sign * Math.sqrt(d) * (row[i] ?? 0));
  return tensor(L.flatMap((_, i) => [column(i, 1), column(i, -1)]));
}

/** Independent x ~ Σ and ε ~ I, jointly exact: rows of x and of ε. */
export function jointSigmaPoints(sigma: Rows): { readonly x: Tensor; readonly epsilon: Tensor } {
  const d = sigma.length;
  const joint = Array.from({ length: 2 * d }, (_, i) =>
    Array.from({ length: 2 * d }, (_, j) =>
      i < d && j < d ? (sigma[i]?.[j] ?? 0) : Number(i === j),
    ),
  );
  const points = sigmaPoints(joint);
  const rows = 4 * d;
  return { x: points.slice([0, 0], [rows, d]), epsilon: points.slice([0, d], [rows, 2 * d]) };
}

/** The inverse of a small matrix by Gauss–Jordan elimination with pivoting. */
export function inverse(matrix: Rows): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let c = 0; c < n; c++) {
    const pivotRow = rows.reduce(
      (best, row, r) =>
        r >= c && Math.abs(row[c] ?? 0) > Math.abs(rows[best]?.[c] ?? 0) ? r : best,
      c,
    );
    const [a, b] = [rows[c] ?? [], rows[pivotRow] ?? []];
    rows[pivotRow] = a;
    const pivot = b[c] ?? Number.NaN;
    rows[c] = b.map((value) => value / pivot);
    rows.forEach((row, r) => {
      const factor = row[c] ?? 0;
      if (r !== c) rows[r] = row.map((value, k) => value - factor * (rows[c]?.[k] ?? 0));
    });
  }
  return rows.map((row) => row.slice(n));
}
