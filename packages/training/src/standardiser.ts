/**
 * Data to zero mean and unit variance and back, per column or by PCA whitening:
 *
 *   z = (x − μ) F,   x = μ + z F⁻¹,   ∇ₓ log p(x) = ∇_z log p(z) Fᵀ
 *
 * "scale": F = diag(1/s). "pca": F = diag(1/s) V diag(λ)^(−½), with R = V diag(λ) Vᵀ the correlation matrix,
 * so that columns in different units weigh the same. "quantile": normal scores of each column, then "pca".
 * Kept with a model: its samples must come back in data units.
 * Source: Song et al., Sliced Score Matching, UAI 2019, appendix, whiten tabular data by PCA.
 */
import { add, matmul, permute, sub, type Tensor, tensor } from "@cotangent/autodiff";
import { columnsOf } from "./columns.ts";
import { flooredDirections } from "./floored-directions.ts";
import { columnMoments, correlation } from "./moments.ts";
import { fitMarginal, type Marginal, toScore, toValue } from "./normal-scores.ts";
import {
  type StandardiserMethod,
  type StandardiserOptions,
  standardiserOptions,
} from "./standardiser-options.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

type Matrix = readonly (readonly number[])[];

interface Fields {
  readonly method: StandardiserMethod;
  readonly columns: readonly string[];
  /** With "quantile": the monotone map of each column that comes first. */
  readonly marginals?: readonly Marginal[];
  readonly mean: readonly number[];
  /** F, [d, d]. */
  readonly toStandard: Matrix;
  /** F⁻¹, [d, d]. */
  readonly toData: Matrix;
  /** What its user should know, as sentences. */
  readonly notes: readonly string[];
}

/** An invertible map between data units and standardised units; see the module header. */
export class Standardiser {
  readonly method: StandardiserMethod;
  readonly columns: readonly string[];
  readonly notes: readonly string[];
  readonly #fields: Fields;

  private constructor(fields: Fields) {
    this.#fields = fields;
    this.method = fields.method;
    this.columns = fields.columns;
    this.notes = fields.notes;
  }

  /**
   * The standardiser of `data` [N, d].
   *
   * Throws for fewer than 2 rows, a column that is constant and values that are not finite.
   */
  static fit(data: Tensor, options: StandardiserOptions = {}): Standardiser {
    const { method, columns, floor } = standardiserOptions(data, options);
    if (method === "quantile") return Standardiser.#fitQuantile(data, columns, floor);
    const { mean, std } = columnMoments(data, columns);
    const scale: Matrix = std.map((s, i) => std.map((_, j) => (i === j ? 1 / s : 0)));
    const unscale: Matrix = std.map((s, i) => std.map((_, j) => (i === j ? s : 0)));
    if (method === "scale") {
      const fields = {
        method: "scale",
        columns,
        mean,
        toStandard: scale,
        toData: unscale,
        notes: [],
      };
      return new Standardiser(fields as Fields);
    }
    const { values, vectors } = symmetricEigen(correlation(data, mean, std));
    const roots = values.map((λ) => Math.sqrt(Math.max(λ, floor)));
    return new Standardiser({
      method: "pca",
      columns,
      mean,
      toStandard: vectors.map((row, i) =>
        row.map((v, k) => v / (std[i] as number) / (roots[k] as number)),
      ),
      toData: roots.map((r, k) =>
        vectors.map((row, i) => r * (row[k] as number) * (std[i] as number)),
      ),
      notes: flooredDirections(values, vectors, columns, floor),
    });
  }

  /** The standardiser that leaves data as they are. */
  static identity(columns: readonly string[]): Standardiser {
    const mean = columns.map(() => 0);
    const unit = columns.map((_, i) => columns.map((_, j) => Number(i === j)));
    const maps = { toStandard: unit, toData: unit };
    return new Standardiser({ method: "scale", columns, mean, ...maps, notes: [] });
  }

  static #fitQuantile(data: Tensor, columns: readonly string[], floor: number): Standardiser {
    columnMoments(data, columns); // refuses constant columns and values that are not finite
    const marginals = columnsOf(data).map(fitMarginal);
    const scores = mapColumns(data, marginals, toScore);
    const pca = Standardiser.fit(scores, { method: "pca", columns, floor });
    return new Standardiser({ ...pca.#fields, method: "quantile", marginals });
  }

  /** Reads what `toJSON` wrote; `source` names the file in errors. */
  static fromJSON(json: unknown, source = "Standardiser.fromJSON"): Standardiser {
    if (!isFields(json)) {
      throw new Error(
        `${source}: expected a standardiser { method, columns, mean, toStandard, toData, notes }, got something else`,
      );
    }
    return new Standardiser(json);
  }

  /** z = (x − μ) F, of the scores of x with "quantile". x: [N, d] in data units → [N, d]. */
  forward(x: Tensor): Tensor {
    this.#check("forward", x);
    const { marginals, mean } = this.#fields;
    const scores = marginals ? mapColumns(x, marginals, toScore) : x;
    return matmul(sub(scores, this.#like(x, [mean])), this.#like(x, this.#fields.toStandard));
  }

  /** x = μ + z F⁻¹. z: [N, d] standardised → [N, d] in data units. */
  inverse(z: Tensor): Tensor {
    this.#check("inverse", z);
    const { marginals, mean, toData } = this.#fields;
    const x = add(matmul(z, this.#like(z, toData)), this.#like(z, [mean]));
    return marginals ? mapColumns(x, marginals, toValue) : x;
  }

  /** ∇ₓ log p(x) = ∇_z log p(z) Fᵀ. score: [N, d] in standardised units → [N, d] in 1 / data units. */
  scoreInDataUnits(score: Tensor): Tensor {
    this.#check("scoreInDataUnits", score);
    if (this.#fields.marginals) {
      throw new Error(
        "Standardiser.scoreInDataUnits: expected an affine standardiser, got quantile, whose maps change the density from point to point; use pca",
      );
    }
    return matmul(score, permute(this.#like(score, this.#fields.toStandard)));
  }

  /** Everything that `fromJSON` needs, exactly: JSON numbers keep all 53 bits. */
  toJSON(): { readonly [key: string]: unknown } {
    return { ...this.#fields };
  }

  #like(x: Tensor, matrix: Matrix): Tensor {
    return tensor(matrix, { dtype: x.dtype });
  }

  #check(operation: string, x: Tensor): void {
    const d = this.columns.length;
    if (x.shape.length === 2 && x.shape[1] === d) return;
    throw new Error(
      `Standardiser.${operation}: expected [rows, ${d}], the columns ${this.columns.join(", ")}, got [${x.shape}]`,
    );
  }
}

function mapColumns(
  x: Tensor,
  marginals: readonly Marginal[],
  f: (marginal: Marginal, value: number) => number,
): Tensor {
  const d = marginals.length;
  const mapped = Float64Array.from(x.data, (value, i) => f(marginals[i % d] as Marginal, value));
  return tensor(mapped, { shape: x.shape, dtype: x.dtype });
}

function isFields(json: unknown): json is Fields {
  const { method, columns, marginals, mean, toStandard, toData, notes } = (json ??
    {}) as Partial<Fields>;
  if (!["scale", "pca", "quantile"].includes(String(method)) || !Array.isArray(columns))
    return false;
  if (method === "quantile" && marginals?.length !== columns.length) return false;
  const d = columns.length;
  const isVector = (x: unknown) => Array.isArray(x) && x.length === d && x.every(Number.isFinite);
  const isMatrix = (x: unknown) => Array.isArray(x) && x.length === d && x.every(isVector);
  return isVector(mean) && isMatrix(toStandard) && isMatrix(toData) && Array.isArray(notes);
}
