/**
 * Mixtures of isotropic Gaussians, the densities whose score is known in closed form:
 *
 *   p(x) = Σ_k w_k N(x; μ_k, s_k² I),   ∇ log p(x) = Σ_k r_k(x) (μ_k − x)/s_k²,
 *   r_k(x) = softmax_k( log w_k − ‖x − μ_k‖²/2s_k² − d log s_k )
 *
 * and p ∗ N(0, σ²I) is the same mixture with s_k² + σ². This is the problem with a known answer that
 * objectives are compared on.
 */
import {
  add,
  astype,
  cumsum,
  type DType,
  div,
  expandDims,
  gather,
  less,
  logsumexp,
  mul,
  neg,
  random,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import { requireOptions, requireThat } from "./preconditions.ts";

export interface GaussianMixtureOptions {
  /** μ_k in data units: [components][d]. */
  readonly means: readonly (readonly number[])[];
  /** w_k, positive; scaled to sum to 1. Default: equal. */
  readonly weights?: readonly number[];
  /** s_k in data units: one for all, or one per component. */
  readonly std: number | readonly number[];
}

export interface GaussianMixture {
  readonly dimension: number;
  readonly means: readonly (readonly number[])[];
  readonly weights: readonly number[];
  readonly std: readonly number[];
  /** n independent draws: [n, d], f64. */
  sample(key: Tensor, n: number): Tensor;
  /** log p. x: [B, d] → [B]. */
  logDensity(x: Tensor): Tensor;
  /** ∇ log p, in 1 / data units. x: [B, d] → [B, d]. */
  score(x: Tensor): Tensor;
  /** p ∗ N(0, σ²I), σ ≥ 0 in data units. */
  perturbed(sigma: number): GaussianMixture;
}

/** The mixture; throws for ragged means, weights or deviations of another number, and values that are not positive. */
export function gaussianMixture(options: GaussianMixtureOptions): GaussianMixture {
  const { means, weights, std } = validate(options);
  const d = (means[0] as readonly number[]).length;
  const like = (values: readonly number[] | typeof means, dtype: DType) =>
    tensor(values, { dtype });

  /** log w_k N(x; μ_k, s_k² I): [B, K], and (μ_k − x): [B, K, d]. */
  const joint = (x: Tensor) => {
    const difference = sub(like(means, x.dtype), expandDims(x, -2));
    const constants = weights.map(
      (w, k) => Math.log(w) - d * Math.log((std[k] as number) * Math.sqrt(2 * Math.PI)),
    );
    const exponents = div(
      sum(square(difference), -1),
      like(
        std.map((s) => 2 * s * s),
        x.dtype,
      ),
    );
    return { difference, logs: add(neg(exponents), like(constants, x.dtype)) };
  };

  return {
    dimension: d,
    means,
    weights,
    std,
    sample(key, n) {
      const [kWhich, kNoise] = random.split(key) as [Tensor, Tensor];
      const u = random.uniform(kWhich, [n, 1], { dtype: "f64" });
      // The component is the number of cumulative weights at or below u; the last is left out, since it is 1.
      const bounds = cumsum(like(weights, "f64")).data.slice(0, -1);
      const which = sum(astype(less(tensor(bounds, { shape: [1, bounds.length] }), u), "i32"), 1);
      const centre = gather(like(means, "f64"), which);
      const s = expandDims(gather(like(std, "f64"), which), -1);
      return add(centre, mul(s, random.normal(kNoise, [n, d], { dtype: "f64" })));
    },
    logDensity(x) {
      return logsumexp(joint(x).logs, -1);
    },
    score(x) {
      const { difference, logs } = joint(x);
      const responsibilities = div(
        softmax(logs, -1),
        like(
          std.map((s) => s * s),
          x.dtype,
        ),
      );
      return sum(mul(expandDims(responsibilities, -1), difference), -2);
    },
    perturbed(sigma) {
      if (!(sigma >= 0)) throw new Error(`gaussianMixture.perturbed: expected σ ≥ 0, got ${sigma}`);
      return gaussianMixture({ means, weights, std: std.map((s) => Math.hypot(s, sigma)) });
    },
  };
}

function validate(options: GaussianMixtureOptions): {
  means: readonly (readonly number[])[];
  weights: readonly number[];
  std: readonly number[];
} {
  requireOptions("gaussianMixture", options, { means: true, weights: false, std: true });
  const { means, weights, std } = options;
  const isList = Array.isArray as (value: unknown) => boolean;
  const areLists = (lists: readonly unknown[]): boolean => isList(lists) && lists.every(isList);
  requireThat("gaussianMixture", "means", means, "to be an array of arrays of numbers", areLists);
  requireThat("gaussianMixture", "weights", weights, "to be an array of numbers", isList);
  const isStd = (given: unknown): boolean => typeof given === "number" || isList(given);
  requireThat("gaussianMixture", "std", std, "to be a number or an array of numbers", isStd);
  const fail = (text: string): never => {
    throw new Error(`gaussianMixture: ${text}`);
  };
  const [first] = means;
  if (first === undefined || first.length === 0)
    return fail("expected at least one mean of at least one number");
  const odd = means.find((mean) => mean.length !== first.length);
  if (odd !== undefined)
    fail(`expected means of equal length, got ${first.length} and ${odd.length}`);
  const given = weights ?? means.map(() => 1);
  const deviations = typeof std === "number" ? means.map(() => std) : std;
  for (const [name, values] of [
    ["weights", given],
    ["std", deviations],
  ] as const) {
    if (values.length !== means.length) {
      fail(`expected as many ${name} as means, ${means.length}, got ${values.length}`);
    }
    const bad = values.find((value) => !(value > 0 && Number.isFinite(value)));
    if (bad !== undefined) fail(`expected ${name} > 0, got ${bad}`);
  }
  const total = given.reduce((sum, w) => sum + w, 0);
  return { means, weights: given.map((w) => w / total), std: deviations };
}
