// Kernels from a log density and a sampler: the engine's gradient, and the refusal of hard edges.
import { random, type Tensor } from "@cotangent/autodiff";
import { denoising, gaussian, noiseFromLogDensity } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { expectEstimate, meanOf } from "./support/monte-carlo.ts";

describe("noiseFromLogDensity", () => {
  const normal = (key: Tensor, shape: readonly number[]) => random.normal(key, shape).mul(0.5);

  test.each([
    ["one number a row", (delta: Tensor) => delta.square().sum(-1).mul(-2)],
    ["a function of one sample", (delta: Tensor) => delta.square().sum().mul(-2)],
  ])("a Gaussian log density, given as %s, is the Gaussian kernel", (_, logDensity) => {
    const kernel = noiseFromLogDensity(logDensity, normal);
    const delta = random.normal(random.key(5), [6, 3]);
    expectClose(
      kernel.logDensityGradient(delta),
      Array.from(gaussian(0.5).logDensityGradient(delta).data),
      1e-12,
    );
  });

  test("the control variate takes the draw's own ‖g‖² where E‖g‖² is unknown", () => {
    const kernel = noiseFromLogDensity((delta) => delta.square().sum(-1).mul(-2), normal);
    const x = random.normal(random.key(6), [50_000, 2]);
    const value = (controlVariate: boolean) => {
      const objective = denoising((_, z) => z.tanh().neg(), { noise: kernel, controlVariate });
      return meanOf(objective.perSample([], x, objective.draw(random.key(7), x)).data);
    };
    const [plain, controlled] = [value(false), value(true)];
    expectEstimate(
      { value: plain.value - controlled.value, error: plain.error + controlled.error },
      0,
      0.1,
    );
  });

  test("a kernel with a hard edge is refused, and the error says why", () => {
    const box = (key: Tensor, shape: readonly number[]) =>
      random.uniform(key, shape, { low: -1, high: 1 });
    const flat = (delta: Tensor) => delta.mul(0).sum(-1);
    expect(() => noiseFromLogDensity(flat, box)).toThrow(/E\[δ0 g0\] = -1.*boundary terms/);
    const cut = (key: Tensor, shape: readonly number[]) => random.normal(key, shape).mod(1);
    expect(() => noiseFromLogDensity((delta) => delta.square().sum(-1).mul(-0.5), cut)).toThrow(
      /hard edge/,
    );
  });

  test("a sampler of another distribution is refused", () => {
    const wide = (key: Tensor, shape: readonly number[]) => random.normal(key, shape).mul(2);
    expect(() => noiseFromLogDensity((delta) => delta.square().sum(-1).mul(-0.5), wide)).toThrow(
      /make `sample` draw from `logDensity`/,
    );
  });
});
