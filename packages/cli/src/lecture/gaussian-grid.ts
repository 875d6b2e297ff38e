/**
 * Gaussian expectations without error: Gauss–Hermite nodes in a few dimensions.
 *
 *   E f(z) = Σ_k w_k f(z_k),   z ~ N(0, I)
 *
 * With n nodes an axis exact for polynomials of degree 2n − 1 in each coordinate: objectives of linear
 * scores are such polynomials. Source: Golub & Welsch 1969; nodes of order 3 and 5 in closed form.
 */

import { type Tensor, tensor } from "@cotangent/autodiff";

/** Points [K, d] and their weights [K], which sum to 1. */
export interface Grid {
  readonly points: Tensor;
  readonly weights: Tensor;
  /** Σ_k w_k values_k. values: [K], or [K, …], whose first axis is averaged. */
  mean(values: Tensor): Tensor;
}

const ten = Math.sqrt(10);
const rules: { readonly [nodes: number]: readonly (readonly [node: number, weight: number])[] } = {
  3: [
    [0, 2 / 3],
    [Math.sqrt(3), 1 / 6],
    [-Math.sqrt(3), 1 / 6],
  ],
  5: [
    [0, 8 / 15],
    ...[-1, 1].flatMap((sign): [number, number][] => [
      [sign * Math.sqrt(5 - ten), (7 + 2 * ten) / 60],
      [sign * Math.sqrt(5 + ten), (7 - 2 * ten) / 60],
    ]),
  ],
};

/** The tensor-product rule in `dimension` dimensions with 3 or 5 nodes an axis. */
export function gaussianGrid(dimension: number, nodes: 3 | 5 = 3): Grid {
  const rule = rules[nodes] ?? [];
  let rows: readonly { readonly at: readonly number[]; readonly weight: number }[] = [
    { at: [], weight: 1 },
  ];
  for (let axis = 0; axis < dimension; axis++) {
    rows = rows.flatMap(({ at, weight }) =>
      rule.map(([node, share]) => ({ at: [...at, node], weight: weight * share })),
    );
  }
  const weights = tensor(rows.map(({ weight }) => weight));
  return {
    points: tensor(rows.map(({ at }) => at)),
    weights,
    mean: (values) =>
      values.mul(weights.reshape([-1, ...values.shape.slice(1).map(() => 1)])).sum(0),
  };
}

/** Columns from `from` to `to` of a tensor [K, d]. */
export function columns(x: Tensor, from: number, to: number): Tensor {
  return x.slice([0, from], [x.shape[0] ?? 0, to]);
}
