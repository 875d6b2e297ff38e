// The Taylor rung: what remains of f after its first and second Taylor polynomials shrinks at the right rate.
//
//   R₁(h) = φ(x + hv) − φ(x) − h φ′ = O(h²),   R₂(h) = R₁(h) − ½h² φ″ = O(h³),   φ = ⟨u, f⟩
//
// The slope of log R over log h is fitted to the smallest steps above the rounding floor of a long ladder:
// there a derivative that is slightly off shows, while a few large steps still see the next order.

import { attempts, clearSample, movesOf } from "../directions.ts";
import { directional, scalarOf } from "../higher.ts";
import { noiseOf } from "../rounding.ts";
import type { Rung } from "../tally.ts";
import { absDot, along, dot } from "../vector.ts";

/** Steps that a slope is fitted to, and how many times rounding their remainders must be. */
const window = 6;
const floor = 32;

/** The least-squares slope of log|R| over log h, "zero" if R is rounding from the start; undefined if unclear. */
function slopeOf(remainder: (h: number) => number, noise: (h: number) => number, start: number) {
  const points: [number, number][] = [];
  for (let h = start; h > start * 2 ** -50; h /= 2) {
    const size = Math.abs(remainder(h));
    if (!(size <= floor * noise(h))) points.push([Math.log2(h), Math.log2(size)]);
  }
  // Only the largest steps leave anything, if any do: f is its polynomial close by.
  if (start > 2 ** -10 && points.every(([h]) => h > -10)) return "zero";
  const last = points.slice(-window);
  if (last.length < window) return undefined;
  const [hs, rs] = [0, 1].map((i) => last.reduce((sum, point) => sum + point[i]!, 0) / window);
  const covariance = last.reduce((sum, [h, r]) => sum + (h - hs!) * (r - rs!), 0);
  const slope = covariance / last.reduce((sum, [h]) => sum + (h - hs!) ** 2, 0);
  // No power of h: noise, or no number at all.
  return last.every(([h, r]) => Math.abs(r - rs! - slope * (h - hs!)) < 0.15) ? slope : undefined;
}

export const taylorRung: Rung = ({ subject, settings, draws, tally }) => {
  const { inputs, outputs, value, jvp, vjp, engine, roundoff } = subject;
  /** The slope in one direction; undefined where two orders mix or the ladder is short. */
  const slopeAt = (order: number, attempt: number): number | "zero" | undefined => {
    const sample = clearSample(subject, draws, 0.25, attempt);
    if (!sample) return undefined;
    const { x, v, step } = sample;
    const u = draws.signed(outputs.size);
    const phi = (h: number) => dot(u, value(along(x, h, v)));
    const first = jvp ? dot(u, jvp(x, v)) : dot(vjp!(x, u), v);
    const second =
      order === 1
        ? 0
        : directional(scalarOf(subject, u), inputs.tensors(v), 2)(...inputs.tensors(x)).item();
    if (!Number.isFinite(first + second)) return undefined;
    const [at, noise] = [phi(0), absDot(u, noiseOf({ ...subject, point: x }, draws))];
    const remainder = (h: number) => phi(h) - at - h * first - (h * h * second) / 2;
    const rounding = (h: number) => 2 * noise + roundoff * Math.abs(h * first);
    const slope = slopeOf(remainder, rounding, step);
    if (slope === "zero" || slope === undefined) return slope;
    // Between whole numbers two orders mix: another direction tells.
    if (Math.abs(slope - Math.round(slope)) > 0.1) return undefined;
    if (slope > order + 0.5) return slope;
    // Rounding alone leaves as much, or the function ends close by.
    const moved = absDot(u, movesOf({ ...subject, point: x }, v));
    const reach = Math.abs(at) + Math.abs(phi(-step * 2 ** -49) - at);
    if (!(noise <= 2 ** -10 * reach && moved <= 2 ** -10 * Math.abs(first))) return undefined;
    // Beside a wrong derivative, which leaves h^order, a kink leaves |h|^order, of the other parity.
    const parity = order % 2 === 0 ? -1 : 1;
    const term = (h: number) => (remainder(h) + parity * remainder(-h)) / 2;
    const other = slopeOf(term, rounding, step);
    return typeof other === "number" && other < order + 0.5 ? undefined : slope;
  };
  for (const order of engine && settings.order > 1 ? [1, 2] : [1])
    for (let direction = 0; direction < 2; direction++) {
      const what = `slope of the remainder of order ${order}, direction ${direction}`;
      let slope: number | "zero" | undefined;
      for (let attempt = 0; attempt < attempts && slope === undefined; attempt++)
        slope = slopeAt(order, attempt);
      if (slope === undefined) tally.open(`${what}: no direction shows it clearly`);
      // More than one order too steep: the next term of the series is zero.
      else if (slope === "zero" || slope > order + 1.5) tally.checked++;
      else tally.compare({ what }, slope, order + 1, 0.1);
    }
};
