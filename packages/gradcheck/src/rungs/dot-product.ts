// The dot-product rung: forward and reverse mode are each other's transposes.
//
//   ⟨J v, u⟩ = ⟨v, Jᵀ u⟩ to rounding, for random v and u of both signs
//
// A cotangent of ones lies in the null space of many layers (softmax, normalisation) and would hide errors.
import { directionOf } from "../directions.ts";
import type { Rung } from "../tally.ts";
import { absDot, dot } from "../vector.ts";

export const dotProductRung: Rung = ({ subject, draws, tally }) => {
  const { point, outputs, value, jvp, vjp, roundoff } = subject;
  if (!jvp || !vjp) return tally.skip(`there is no ${jvp ? "vjp" : "jvp"}`);
  for (let k = 0; k < 4; k++) {
    const [v, u] = [directionOf(subject, draws), draws.signed(outputs.size)];
    const [image, bar] = [jvp(point, v), vjp(point, u)];
    // How far rounding alone moves the product: at a point that is equal to rounding.
    const near = point.map((xi) => xi * (1 + 4 * roundoff));
    const moved = Math.abs(dot(jvp(near, v), u) - dot(image, u)) || 0;
    const terms = absDot(image, u) + absDot(v, bar) + absDot(value(point), u);
    if (terms === Number.POSITIVE_INFINITY) return tally.skip("a derivative is infinite");
    const estimate = 16 * roundoff * Math.sqrt(v.length + u.length) * terms + 4 * moved;
    const what = `⟨J v, u⟩ = ⟨v, Jᵀ u⟩, pair ${k}`;
    tally.compare({ what, estimate }, dot(v, bar), dot(image, u), 4 * estimate);
  }
};
