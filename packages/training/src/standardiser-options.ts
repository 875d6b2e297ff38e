/** What `Standardiser.fit` takes, checked and made definite. */
import type { Tensor } from "@cotangent/autodiff";
import { requireNumber, requireOptions, requireRows, requireThat } from "./preconditions.ts";

const methods = ["scale", "pca", "quantile"] as const;
export type StandardiserMethod = (typeof methods)[number];

export interface StandardiserOptions {
  /** Default "scale". */
  readonly method?: StandardiserMethod;
  /** Names for notes and errors; default `column 1`, … */
  readonly columns?: readonly string[];
  /** Directions whose variance is below this share of a column's are scaled as if it were this, ≥ 0; default 1e-6. */
  readonly floor?: number;
}

/** Every option, its default where it was left out. Throws for data that are no rows, and for options of another kind. */
export function standardiserOptions(
  data: Tensor,
  options: StandardiserOptions,
): Required<StandardiserOptions> {
  const operation = "Standardiser.fit";
  requireRows(operation, "data", data);
  const [, d = 0] = data.shape;
  const {
    method = "scale",
    columns = Array.from({ length: d }, (_, j) => `column ${j + 1}`),
    floor = 1e-6,
  } = requireOptions(operation, options, { method: false, columns: false, floor: false });
  const isMethod = (name: StandardiserMethod): boolean => methods.includes(name);
  requireThat(operation, "method", method, 'to be "scale", "pca" or "quantile"', isMethod);
  requireThat(operation, "columns", columns, "to be an array of names", Array.isArray);
  const isShare = (x: number): boolean => x >= 0 && Number.isFinite(x);
  requireNumber(operation, "floor", floor, "to be a finite number ≥ 0", isShare);
  return { method, columns, floor };
}
