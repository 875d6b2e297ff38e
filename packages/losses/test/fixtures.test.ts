// The numeric fixtures of the mathematics page, to the digits printed there.
import { mean } from "@cotangent/autodiff";
import { denoising, finiteDifference, gaussian, implicit, sliced } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import * as batch from "./laws/linear-batch.ts";
import * as tanh from "./laws/tanh-network.ts";
import { expectClose } from "./support/close.ts";
import { linearScore } from "./support/linear-score.ts";

describe("fixture 1: a linear score on three samples", () => {
  const noise = gaussian(batch.sigma);

  test("implicit has the printed value and gradients", () => {
    batch.implicitValues(implicit(linearScore));
  });
  test("sliced has the printed values per sample and gradients", () => {
    batch.slicedValues(sliced(linearScore));
  });
  test("sliced reduced has the printed value", () => {
    batch.reducedValues(sliced(linearScore, { reduced: true }));
  });
  test("finite-difference equals sliced reduced when ‖v‖² = d, at any radius", () => {
    for (const radius of [1, 0.1, 1e-3])
      batch.reducedValues(finiteDifference(linearScore, { radius }));
  });
  test("denoising has the printed values per sample and gradients", () => {
    batch.denoisingValues(denoising(linearScore, { noise }));
  });
  test("denoising with the control variate has the printed value", () => {
    batch.controlVariateValues(denoising(linearScore, { noise, controlVariate: true }));
  });
});

describe("fixture 2: a tanh network at one sample", () => {
  test("the trace by contraction has the printed value", () => {
    tanh.traceValue(tanh.network);
  });
  test("implicit has the printed value and ∂W₁, by contraction and by directions", () => {
    tanh.implicitValues(implicit(tanh.network.score));
    tanh.implicitValues(implicit(tanh.network.score, { useContraction: false }));
  });
  test("sliced has the printed value, and vᵀJv within it", () => {
    tanh.slicedValues(sliced(tanh.network.score));
    tanh.curvatureValue(sliced(tanh.network.score));
  });
});
