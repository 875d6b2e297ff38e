// The magnitude of the terms that make an objective's value and gradients, by the engine in f64.
//
//   scale of a gradient array = max over its entries of mean_b Σ_terms |∂ term_b|
//
// An objective is a sum of terms over samples: what cancels between them cannot be told apart in f32.
import { abs, add, grad, mul, sum, type Tensor, type Tree, tree } from "@cotangent/autodiff";

/** One term of an objective per sample: (params, rows) → [1] for a batch of one row. */
export type Term = (params: Tree, ...rows: Tensor[]) => Tensor;

/** The largest mean magnitude of the terms' gradients, for each parameter array. */
export function gradientScales(
  terms: readonly Term[],
  params: Tree,
  rows: readonly Tensor[],
): Tree {
  const batch = rows[0]!.shape[0]!;
  const sizes = terms.map((term) => {
    const one = (...row: Tensor[]): Tree =>
      grad((p: Tree) => sum(term(p, ...row.map((r) => r.expandDims(0)))))(params) as Tree;
    const each = Array.from({ length: batch }, (_, b) => one(...rows.map((r) => rowOf(r, b))));
    const total = each.reduce(
      (a, g) => tree.map((x, y) => add(x, abs(y)), a, g),
      zerosLike(params),
    );
    return tree.map((t) => mul(1 / batch, t), total);
  });
  return sizes.reduce((a, b) => tree.map((x, y) => add(x, y), a, b));
}

const rowOf = (x: Tensor, b: number): Tensor => x.slice([b], [b + 1]).squeeze(0);
const zerosLike = (values: Tree): Tree => tree.map((t) => mul(0, t), values);
