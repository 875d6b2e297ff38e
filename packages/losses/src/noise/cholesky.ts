// Cholesky factorisation of a small matrix of plain numbers: Σ = LLᵀ, L lower triangular.
//
// Runs once, when a kernel is made; nothing here is traced or differentiated.

/** Rows of plain numbers. */
export type Matrix = readonly (readonly number[])[];

/** L with Σ = LLᵀ. Throws, naming the pivot, if Σ is not positive definite. */
export function choleskyFactor(operation: string, sigma: Matrix): Matrix {
  const rows: number[][] = [];
  sigma.forEach((sigmaRow, i) => {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      const above = rows[j] ?? row;
      let rest = sigmaRow[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (row[k] ?? 0) * (above[k] ?? 0);
      if (i !== j) row.push(rest / (above[j] ?? 1));
      else {
        if (!(rest > 1e-14 * Math.abs(sigmaRow[i] ?? 0)))
          throw new RangeError(
            `${operation}: expected a positive definite covariance, got pivot ${rest} at row ${i}; add a little to the diagonal, or drop columns that depend on others`,
          );
        row.push(Math.sqrt(rest));
      }
    }
    rows.push(row);
  });
  return rows.map((row) => [...row, ...new Array<number>(sigma.length - row.length).fill(0)]);
}

/** L⁻¹ by forward substitution. */
export function lowerInverse(factor: Matrix): Matrix {
  const inverse = factor.map((row) => row.map(() => 0));
  factor.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      let rest = i === j ? 1 : 0;
      for (let k = j; k < i; k++) rest -= (row[k] ?? 0) * (inverse[k]?.[j] ?? 0);
      const target = inverse[i];
      if (target) target[j] = rest / (row[i] ?? 1);
    }
  });
  return inverse;
}
