// Gaussian noise whose level is drawn for each row from a geometric ladder.
//
//   σ_i = from·(to/from)^(i/(levels−1)),   δ_b = σ_b ε_b,   g(δ) = −δ/σ_b²
//
// The noise of noise-conditional scores, and the schedule of annealed Langevin (Song & Ermon 2019,
// section 3.2).
import {
  astype,
  div,
  expandDims,
  floor,
  gather,
  minimum,
  mul,
  neg,
  random,
  square,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import { requireCount, requireOptions, requirePositive } from "../preconditions.ts";
import type { NoiseKernel, NoiseLadder } from "./kernel.ts";

/** A kernel that always has a ladder. */
export type LadderKernel = NoiseKernel & { readonly ladder: NoiseLadder };

/** Options of `gaussianLadder`; both ends in data units, in either order. */
export interface LadderOptions {
  readonly from: number;
  readonly to: number;
  readonly levels: number;
}

/**
 * Gaussian noise at geometric levels from `from` to `to`, both included; each row draws its own.
 *
 * `denoising` passes the drawn sigma: [B] to the score and weights each row by σ². The levels are in
 * `ladder.sigmas`. Throws unless both ends are > 0 and levels ≥ 1 (one level needs from = to).
 * Source: Song & Ermon 2019, section 3.2.
 */
export function gaussianLadder(options: LadderOptions): LadderKernel {
  const operation = "gaussianLadder";
  const example = "{ from: 1, to: 0.01, levels: 10 }";
  const { from, to, levels } = requireOptions(operation, options, example, [
    "from",
    "to",
    "levels",
  ]);
  requirePositive(operation, "from", from, "give a standard deviation in data units");
  requirePositive(operation, "to", to, "give a standard deviation in data units");
  requireCount(operation, "levels", levels, "ten is the usual choice");
  if (levels === 1 && from !== to)
    throw new RangeError(
      `${operation}: expected from = to with a single level, got from ${from} and to ${to}; use levels ≥ 2 or gaussian(σ)`,
    );
  const sigmas = geometric(from, to, levels);

  return {
    name: `gaussianLadder(${from} → ${to}, ${levels} levels)`,
    ladder: {
      sigmas,
      sampleLevels(key, batch, { dtype = "f64" } = {}) {
        return gather(tensor(sigmas, { dtype }), uniformIndices(key, batch, levels), 0);
      },
    },
    sample(key, shape, options = {}) {
      const epsilon = random.normal(key, shape, { dtype: options.dtype ?? "f64" });
      return mul(requireLevels(operation, options.sigma), epsilon);
    },
    logDensityGradient(delta, sigma) {
      const level = requireLevels(operation, sigma);
      return neg(div(div(delta, level), level));
    },
    meanSquaredScore(d, sigma) {
      return sigma === undefined ? null : div(d, square(sigma));
    },
  };
}

/** `levels` numbers in geometric progression, both ends exact. */
function geometric(from: number, to: number, levels: number): readonly number[] {
  const ratio = Math.log(to / from);
  return Array.from({ length: levels }, (_, i) => {
    if (i === levels - 1) return to;
    return from * Math.exp((ratio * i) / (levels - 1));
  });
}

/** Whole numbers from 0 to n − 1: i32[B]. The minimum guards against a product that rounds up to n. */
function uniformIndices(key: Tensor, batch: number, n: number): Tensor {
  const scaled = floor(mul(n, random.uniform(key, [batch], { dtype: "f64" })));
  return astype(minimum(scaled, n - 1), "i32");
}

/** sigma: [B] as a column [B, 1]. */
function requireLevels(operation: string, sigma: Tensor | undefined): Tensor {
  if (sigma === undefined)
    throw new TypeError(
      `${operation}: expected sigma [B], the level of each row, got none; draw it with ladder.sampleLevels(key, B)`,
    );
  return expandDims(sigma, -1);
}
