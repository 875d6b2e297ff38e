/** The probability flow against densities whose blurred versions are known in closed form. */
import { full, random, type Tensor, tensor } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { flowLevels, probabilityFlow } from "../src/sample/probability-flow.ts";

const ladder = { highest: 3, lowest: 0.05 };

/** The score of N(μ, s²) blurred by σ, for one column. */
const gaussian =
  (mu: number, s: number) =>
  (x: Tensor, sigma: Tensor): Tensor =>
    x
      .sub(mu)
      .div(
        sigma
          .square()
          .add(s * s)
          .expandDims(1),
      )
      .neg();

/** Where the exact flow takes x from level a to b: (x − μ)√((s² + b²)/(s² + a²)) + μ, then Tweedie. */
function exact(x: number, mu: number, s: number): number {
  const { highest, lowest } = ladder;
  const variance = s * s + lowest ** 2;
  const blurred = mu + (x - mu) * Math.sqrt(variance / (s * s + highest ** 2));
  return blurred - (lowest ** 2 * (blurred - mu)) / variance;
}

test("the levels fall from the highest to the lowest, denser towards the lowest", () => {
  const levels = flowLevels({ ...ladder, steps: 10 });
  expect(levels).toHaveLength(11);
  expect(levels[0]).toBeCloseTo(3, 12);
  expect(levels[10]).toBeCloseTo(0.05, 12);
  const falls = levels.slice(1).map((level, i) => (levels[i] as number) - level);
  falls.slice(1).forEach((fall, i) => expect(fall).toBeLessThan(falls[i] as number));
});

test("the flow of a Gaussian scales about its mean, and its error falls with the square of the step", () => {
  const [mu, s, start] = [0.7, 0.4, 4];
  const errors = [16, 32, 64].map((steps) => {
    const end = probabilityFlow(gaussian(mu, s), { ...ladder, steps })(tensor([[start]]));
    return Math.abs(end.item() - exact(start, mu, s));
  }) as [number, number, number];
  expect(errors[2]).toBeLessThan(1e-3);
  expect(errors[0] / errors[1]).toBeGreaterThan(3.5);
  expect(errors[1] / errors[2]).toBeGreaterThan(3.5);
  expect(errors[1] / errors[2]).toBeLessThan(4.5);
});

test("two narrow modes come back with their weights, which Langevin at low noise cannot move between", () => {
  const [share, at, s] = [0.8, 1.5, 0.2];
  const score = (x: Tensor, sigma: Tensor): Tensor => {
    const variance = sigma
      .square()
      .add(s * s)
      .expandDims(1);
    // The posterior share of the mode at +a: σ(2ax/v + ln(share/(1 − share))).
    const logit = x
      .mul(2 * at)
      .div(variance)
      .add(Math.log(share / (1 - share)));
    const mean = logit.sigmoid().mul(2).sub(1).mul(at);
    return x.sub(mean).div(variance).neg();
  };
  const highest = 20;
  const wide = Math.hypot(highest, 1.2, s);
  const start = random
    .normal(random.key(3), [4000, 1])
    .mul(wide)
    .add((2 * share - 1) * at);
  const steps = { highest, lowest: 0.02, steps: 48 };
  const end = Array.from(probabilityFlow(score, steps)(start).data, Number);
  const high = end.filter((x) => x > 0);
  // Three standard errors: √(.8·.2/4000) = .0063, and .2/√3200 = .0035.
  expect(Math.abs(high.length / end.length - share)).toBeLessThan(0.02);
  const mean = high.reduce((sum, x) => sum + x, 0) / high.length;
  expect(Math.abs(mean - at)).toBeLessThan(0.012);
  const variance = high.reduce((sum, x) => sum + (x - mean) ** 2, 0) / high.length;
  expect(Math.abs(Math.sqrt(variance) / s - 1)).toBeLessThan(0.05);
});

test("rows do not touch each other", () => {
  const flow = probabilityFlow(gaussian(0, 1), { ...ladder, steps: 8 });
  const rows = flow(tensor([[1], [-2], [5]]));
  expect(rows.slice([1], [2]).toArray()).toEqual(flow(full([1, 1], -2)).toArray());
});
