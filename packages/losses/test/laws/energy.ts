// Laws of energy models: the score is +∇ log p.
import { random, type Tensor } from "@cotangent/autodiff";
import { explicit, implicit, type Score } from "@cotangent/losses";
import { expect } from "vitest";
import { expectClose } from "../support/close.ts";

export type MakeScore = (
  logDensity: (params: readonly [], x: Tensor) => Tensor,
) => Score<readonly []>;

/** log p of N(0, I), up to a constant: [B, d] → [B]. */
const logNormal = (_: readonly [], x: Tensor): Tensor => x.square().sum(-1).mul(-0.5);

/** The score of a standard normal's log density is −x: zero Fisher divergence, implicit value −d + ½‖x‖². */
export function scoreIsPlusGradient(makeScore: MakeScore): void {
  const score = makeScore(logNormal);
  const x = random.normal(random.key(1), [6, 3]);
  expectClose(
    score([], x),
    Array.from(x.data, (value) => -value),
    1e-14,
  );
  const divergence = explicit(score, (z) => z.neg()).perSample([], x, {});
  expect(Math.max(...divergence.data)).toBe(0);
  const expected = x.square().sum(-1).mul(0.5).sub(3);
  expectClose(implicit(score).perSample([], x, {}), Array.from(expected.data), 1e-12);
}
