// The Taylor rung: what remains of f after its first and second Taylor polynomials shrinks at the right rate.
//
//   R₁(h) = φ(x + hv) − φ(x) − h φ′ = O(h²),   R₂(h) = R₁(h) − ½h² φ″ = O(h³),   φ = ⟨u, f⟩
//
// The slope of log R over log h is fitted to the smallest steps above the rounding floor of a long ladder:
// there a derivative that is slightly off shows, while a few large steps still see the next order.
import { Draws } from "../draws.ts";
import { directional, scalarOf } from "../higher.ts";
import type { Settings } from "../options.ts";
import type { RungResult } from "../report.ts";
import { noiseOf, spansOf } from "../slopes.ts";
import type { Subject } from "../subject.ts";
import { clearStep } from "../switches.ts";
import { Tally } from "../tally.ts";
import { absDot, along, dot, type Vector } from "../vector.ts";

/** Steps that a slope is fitted to, and how many times rounding their remainders must be. */
const window = 6;
const floor = 32;

/** The least-squares slope of log|R| over log h, "zero" if R is rounding from the start; undefined if unclear. */
function slopeOf(remainder: (h: number) => number, noise: (h: number) => number, start: number) {
  const points: [number, number][] = [];
  for (let h = start; h > start * 2 ** -50; h /= 2) {
    const size = Math.abs(remainder(h));
    if (size > floor * noise(h)) points.push([Math.log2(h), Math.log2(size)]);
  }
  if (points.length === 0 && start > 2 ** -8) return "zero";
  const last = points.slice(-window);
  if (last.length < window) return undefined;
  const [hs, rs] = [0, 1].map((i) => last.reduce((sum, point) => sum + point[i]!, 0) / window);
  const covariance = last.reduce((sum, [h, r]) => sum + (h - hs!) * (r - rs!), 0);
  return covariance / last.reduce((sum, [h]) => sum + (h - hs!) ** 2, 0);
}

export function taylorRung(subject: Subject, settings: Settings): RungResult {
  const tally = new Tally("taylor", settings);
  const draws = new Draws(settings.seed, 6);
  const { outputs, inputs, value, jvp, vjp, engine } = subject;
  const span = spansOf(subject);
  const near = (): Vector => draws.signed(inputs.size).map((vi, i) => vi * span[i]!);
  const orders = engine && settings.order > 1 ? [1, 2] : [1];
  for (let k = 0; k < 2; k++)
    for (const order of orders)
      for (let attempt = 0; ; attempt++) {
        // The first attempt is at the arguments; later ones move away from switches and flat spots.
        const x = along(subject.point, 0.02 * attempt, near());
        const [v, u] = [near(), draws.signed(outputs.size)];
        const what = `slope of the remainder of order ${order}, direction ${k}`;
        if (attempt === 4) {
          tally.open(`${what}: no direction without a switch close by`);
          break;
        }
        const start = clearStep(subject, x, v, 0.25);
        if (start === 0) continue;
        const rounding = absDot(u, noiseOf({ ...subject, point: x }, draws));
        const first = jvp ? dot(u, jvp(x, v)) : dot(vjp!(x, u), v);
        const second =
          order === 1
            ? 0
            : directional(
                scalarOf(subject, u),
                engine!.layouts[0].tensors(v),
                2,
              )(...engine!.layouts[0].tensors(x)).item();
        const at = dot(u, value(x));
        const slope = slopeOf(
          (h) => dot(u, value(along(x, h, v))) - at - h * first - (h * h * second) / 2,
          (h) => 2 * rounding + subject.roundoff * Math.abs(h * first),
          start,
        );
        // Between whole numbers two orders mix: another direction tells.
        const isClear = typeof slope === "number" && Math.abs(slope - Math.round(slope)) < 0.1;
        if (slope === "zero") tally.checked++;
        else if (isClear && slope > order + 1.5) tally.checked++;
        else if (isClear) tally.compare({ what }, slope, order + 1, 0.1);
        else continue;
        break;
      }
  return tally.result();
}
