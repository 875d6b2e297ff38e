// The dot-product rung: forward and reverse mode are each other's transposes.
//
//   ⟨J v, u⟩ = ⟨v, Jᵀ u⟩ to rounding, for random v and u of both signs
//
// A cotangent of ones lies in the null space of many layers (softmax, normalisation) and would hide errors.
import { Draws } from "../draws.ts";
import type { Settings } from "../options.ts";
import type { RungResult } from "../report.ts";
import { directionOf } from "../slopes.ts";
import type { Subject } from "../subject.ts";
import { skipped, Tally } from "../tally.ts";
import { absDot, dot } from "../vector.ts";

export function dotProductRung(subject: Subject, settings: Settings): RungResult {
  const { point, inputs, outputs, jvp, vjp, roundoff } = subject;
  if (!jvp || !vjp) return skipped("dot product", `there is no ${jvp ? "vjp" : "jvp"}`);
  const tally = new Tally("dot product", settings);
  const draws = new Draws(settings.seed, 3);
  for (let k = 0; k < 4; k++) {
    const v = directionOf(subject, draws);
    const u = draws.signed(outputs.size);
    const [image, bar] = [jvp(point, v), vjp(point, u)];
    // How far rounding alone moves the product: at a point that is equal to rounding.
    const near = point.map((xi) => xi * (1 + 4 * roundoff));
    const moved = Math.abs(dot(jvp(near, v), u) - dot(image, u)) || 0;
    const terms = absDot(image, u) + absDot(v, bar);
    const rounding = 16 * roundoff * Math.sqrt(inputs.size + outputs.size) * terms;
    const what = `⟨J v, u⟩ = ⟨v, Jᵀ u⟩, pair ${k}`;
    tally.compare(
      { what, estimate: rounding + moved },
      dot(v, bar),
      dot(image, u),
      4 * rounding + 16 * moved,
    );
  }
  return tally.result();
}
