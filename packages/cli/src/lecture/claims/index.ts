/** Every claim of the lecture, in its order. */

import type { Claim } from "../claim.ts";
import { anyScore } from "./any-score.ts";
import { costOfAStep } from "./cost.ts";
import { denoisingIsImplicit } from "./denoising-is-implicit.ts";
import { freshDirections } from "./directions.ts";
import { equalQuality } from "./equal-quality.ts";
import { finiteDifferences } from "./finite-differences.ts";
import { implicitScoreMatching } from "./implicit.ts";
import { oneBackprop } from "./one-backprop.ts";
import { otherNoise } from "./other-noise.ts";
import { projectedFields } from "./projected-fields.ts";
import { realData } from "./real-data.ts";
import { samplingByLangevin } from "./sampling.ts";
import { sigmaTradeOff } from "./sigma-trade-off.ts";
import { smallNoise } from "./small-noise.ts";
import { steinsEstimate } from "./sure.ts";
import { tweedieFormula } from "./tweedie.ts";
import { unbiasedSlices } from "./unbiased-slices.ts";
import { varianceExplodes } from "./variance-explodes.ts";
import { varianceReduction } from "./variance-reduction.ts";
import { zeroLoss } from "./zero-loss.ts";

/** The claims, in the lecture's order. */
export const claims: readonly Claim[] = [
  smallNoise,
  anyScore,
  denoisingIsImplicit,
  varianceExplodes,
  sigmaTradeOff,
  finiteDifferences,
  zeroLoss,
  steinsEstimate,
  otherNoise,
  samplingByLangevin,
  tweedieFormula,
  projectedFields,
  oneBackprop,
  freshDirections,
  implicitScoreMatching,
  unbiasedSlices,
  varianceReduction,
  costOfAStep,
  equalQuality,
  realData,
];
