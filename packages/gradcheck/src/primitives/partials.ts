// All partial derivatives of a BigNumber function at a point, by products of central stencils.
//
//   ∂ᵅf(x) ≈ Πᵢ h_i^{−αᵢ} Σ_offsets Πᵢ w_{αᵢ}(oᵢ) f(x + o∘h)      with an error of order h²
//
// The function is evaluated once at each point of the grid. Where rounding would drown the result (tanh at
// 100 differs from 1 in the 88th digit) it is computed again with 420 digits.
import { type Big, exact } from "../oracles/big.ts";

/** A function between flat vectors. */
type BigMap = (x: readonly Big[]) => Big[];

/** The weights of f(x − 2h), f(x − h), … f(x + 2h) in the k-th difference. */
const stencils = [
  [0, 0, 1, 0, 0],
  [0, -0.5, 0, 0.5, 0],
  [0, 1, -2, 1, 0],
  [-0.5, 1, 0, -1, 0.5],
  [1, -4, 6, -4, 1],
];

/** A derivative of every output, and how far rounding may have moved it. */
export interface Partial {
  readonly values: readonly Big[];
  readonly noise: number;
}
/** ∂f/∂x_i∂x_j… for a list of coordinates. */
export type Partials = (...coordinates: readonly number[]) => Partial;

/** `isSmooth`: f has no singularity or kink near 0, so that steps need not shrink with x. */
export interface Point {
  readonly x: readonly number[];
  readonly isSmooth: boolean;
  /** The steps relative to |x|: smaller beside a singularity. */
  readonly step: number;
}

function gridOf(f: BigMap, { x, isSmooth, step }: Point, digits: number): Partials {
  const origin = x.map((xi) => exact(xi, digits));
  // The step is a short decimal, so that x + o·h is exact.
  const steps = origin.map((xi) => {
    const scale = isSmooth && xi.abs().lt(1) ? exact(1, digits) : xi.abs();
    return (scale.isZero() ? exact(1, digits) : scale).times(`${step}`);
  });
  const known = new Map<string, readonly Big[]>();
  const at = (offsets: readonly number[]) => {
    const values =
      known.get(`${offsets}`) ?? f(origin.map((xi, i) => xi.plus(steps[i]!.times(offsets[i]!))));
    known.set(`${offsets}`, values);
    return values;
  };
  return (...coordinates) => {
    const orders = x.map((_, i) => coordinates.filter((c) => c === i).length);
    let corners: { offsets: number[]; weight: number }[] = [{ offsets: [], weight: 1 }];
    for (const order of orders)
      corners = corners.flatMap(({ offsets, weight }) =>
        stencils[order]!.flatMap((w, i) =>
          w === 0 ? [] : [{ offsets: [...offsets, i - 2], weight: weight * w }],
        ),
      );
    const terms = corners.map(({ offsets, weight }) => at(offsets).map((y) => y.times(weight)));
    const width = coordinates.reduce((product, c) => product.times(steps[c]!), exact(1, digits));
    const total = terms.reduce((a, b) => a.map((y, r) => y.plus(b[r]!)));
    const largest = terms.flat().reduce((a, b) => (b.abs().gt(a) ? b.abs() : a), exact(0, digits));
    const noise = largest.times(exact(10, digits).pow(2 - digits)).div(width.abs());
    // Noise below the smallest double is none, and Infinity where a value is beyond all bounds.
    return { values: total.map((y) => y.div(width)), noise: noise.toNumber() };
  };
}

/** The partial derivatives of `f` at a point, each computed when it is asked for and kept. */
export function partialsOf(f: BigMap, point: Point): Partials {
  const few = gridOf(f, point, 80);
  const many = gridOf(f, point, 420);
  // Only far out, or very near 0, can a derivative be small beside its function without being 0.
  const isExtreme = point.x.some((x) => Math.abs(x) > 10 || (x !== 0 && Math.abs(x) < 1e-5));
  const known = new Map<string, Partial>();
  return (...coordinates) => {
    const key = `${coordinates.toSorted()}`;
    const kept = known.get(key);
    if (kept) return kept;
    let partial = few(...coordinates);
    const isDrowned = partial.values.some((y) => y.abs().times(1e-22).lt(partial.noise));
    if (isDrowned && isExtreme && point.x.length <= 3 && partial.noise > 0)
      partial = many(...coordinates);
    known.set(key, partial);
    return partial;
  };
}
