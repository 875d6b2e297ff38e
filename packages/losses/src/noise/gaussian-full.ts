// Gaussian noise with a full covariance: δ = Lε, Σ = LLᵀ.
//
//   g(δ) = −Σ⁻¹δ,   E‖g‖² = tr Σ⁻¹
//
// The factorisation is done once, on plain numbers; only products with constants are traced.
import { astype, matmul, neg, random, Tensor, tensor } from "@cotangent/autodiff";
import { type FloatDType, formatShape } from "../preconditions.ts";
import { choleskyFactor, lowerInverse, type Matrix } from "./cholesky.ts";
import type { NoiseKernel } from "./kernel.ts";

/**
 * Gaussian noise N(0, Σ), Σ: [d, d] symmetric positive definite, in (data units)².
 *
 * Throws if Σ is not square, not symmetric, holds a NaN, or is not positive definite.
 * Source: Vincent 2011, section 4.3, with a Gaussian kernel of covariance Σ.
 */
export function gaussianFull(covariance: Matrix | Tensor): NoiseKernel {
  const operation = "gaussianFull";
  const matrix = plainMatrix(operation, covariance);
  const d = matrix.length;
  const factor = choleskyFactor(operation, matrix);
  const inverse = lowerInverse(factor);
  // Σ⁻¹ = L⁻ᵀL⁻¹
  const precision = inverse.map((_, i) =>
    inverse.map((_, j) => inverse.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0)),
  );
  const trace = precision.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const factorTransposed = tensor(matrix.map((_, i) => factor.map((row) => row[i] ?? 0)));
  const precisionTensor = tensor(precision);

  const requireDimension = (length: number | undefined): void => {
    if (length !== d)
      throw new TypeError(
        `${operation}: expected samples of dimension ${d}, as Σ is [${d}, ${d}], got ${length}; give a covariance of the data's dimension`,
      );
  };
  return {
    name: `gaussianFull([${d}, ${d}])`,
    sample(key, shape, options = {}) {
      requireDimension(shape.at(-1));
      const dtype: FloatDType = options.dtype ?? "f64";
      return matmul(random.normal(key, shape, { dtype }), astype(factorTransposed, dtype));
    },
    logDensityGradient(delta) {
      requireDimension(delta.shape.at(-1));
      return neg(matmul(delta, astype(precisionTensor, delta.dtype)));
    },
    meanSquaredScore(dimension) {
      requireDimension(dimension);
      return trace;
    },
  };
}

/** Σ as plain numbers: square, finite, symmetric to rounding. */
function plainMatrix(operation: string, covariance: Matrix | Tensor): Matrix {
  const asTensor = covariance instanceof Tensor ? covariance : tensor(covariance);
  const [rows, columns] = asTensor.shape;
  if (asTensor.shape.length !== 2 || rows === undefined || rows !== columns || rows === 0)
    throw new TypeError(
      `${operation}: expected a square covariance [d, d], got ${formatShape(asTensor.shape)}; for one standard deviation use gaussian(σ)`,
    );
  const values = Array.from(asTensor.data);
  if (!values.every(Number.isFinite))
    throw new RangeError(
      `${operation}: expected finite covariances, got ${values.find((value) => !Number.isFinite(value))}; remove rows with missing values before estimating Σ`,
    );
  const matrix = Array.from({ length: rows }, (_, i) => values.slice(i * rows, (i + 1) * rows));
  const at = (i: number, j: number): number => matrix[i]?.[j] ?? 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < i; j++)
      if (Math.abs(at(i, j) - at(j, i)) > 1e-6 * Math.max(Math.abs(at(i, i)), Math.abs(at(j, j))))
        throw new RangeError(
          `${operation}: expected a symmetric covariance, got Σ[${i}][${j}] = ${at(i, j)} and Σ[${j}][${i}] = ${at(j, i)}; use (Σ + Σᵀ)/2`,
        );
  return matrix;
}
