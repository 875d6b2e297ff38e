// Derivatives of a subject along lines by differences, and the verdict on a derivative that claims the same.
//
//   slope = d/dt f(x + t v) at 0, with steps that suit the arguments
//
// A verdict is a failure only beyond the tolerance and ten times the estimate; without a small estimate it
// stays open. Where one-sided slopes differ, anything between them is right.
import { type Differences, differentiate } from "./differences.ts";
import { Draws } from "./draws.ts";
import type { Settings } from "./options.ts";
import type { Subject } from "./subject.ts";
import { clearStep, switchBetween } from "./switches.ts";
import type { Tally, Where } from "./tally.ts";
import { absDot, along, dot, largest, type Vector } from "./vector.ts";

/** How far rounding moves each output: f at points that are equal to rounding. */
export function noiseOf(subject: Subject, draws: Draws): Vector {
  const { point, roundoff } = subject;
  const y = subject.value(point);
  const noise = y.map((yi) => Math.abs(yi) * roundoff);
  for (let attempt = 0; attempt < 4; attempt++) {
    const shift = draws.signed(point.length);
    const near = subject.value(point.map((xi, i) => xi * (1 + 2 * roundoff * shift[i]!)));
    near.forEach((yi, i) => {
      if (Math.abs(yi - y[i]!) > noise[i]!) noise[i] = Math.abs(yi - y[i]!);
    });
  }
  return noise;
}

/** A length that suits each coordinate: its own size, a part of its leaf's, or 1/64. */
export function spansOf({ inputs, point }: Subject): Vector {
  return Float64Array.from(
    inputs.leaves.flatMap(({ offset }, i) => {
      const leaf = point.subarray(offset, inputs.leaves[i + 1]?.offset ?? point.length);
      const most = largest(leaf) || 1;
      return Array.from(leaf, (x) => Math.max(Math.abs(x), 0.1 * most, 2 ** -6));
    }),
  );
}

/**
 * A point and a direction of both signs, with the largest step up to `start` that stays four steps away from
 * every switch; undefined after four draws. The first point is the subject's own, unless `attempt` is above 0.
 */
export function clearSample(
  subject: Subject,
  draws: Draws,
  start: number,
  attempt = 0,
): { readonly x: Vector; readonly v: Vector; readonly step: number } | undefined {
  const span = spansOf(subject);
  const [away, v] = [0, 1].map(() => draws.signed(span.length).map((s, i) => s * span[i]!));
  const x = along(subject.point, 0.02 * attempt, away!);
  const step = clearStep(subject, x, v!, start);
  if (step > 0) return { x, v: v!, step };
  return attempt < 3 ? clearSample(subject, draws, start, attempt + 1) : undefined;
}

/** Differences of one subject at its point. */
export class Slopes {
  readonly #subject: Subject;
  readonly #tolerance: number;
  readonly #f0: Vector;
  readonly #noise: Vector;

  constructor(subject: Subject, { seed, tolerance }: Settings) {
    this.#subject = subject;
    this.#tolerance = tolerance;
    this.#f0 = subject.value(subject.point);
    this.#noise = noiseOf(subject, new Draws(seed, 0));
  }

  #resolution = (slope: number, scale: number, span: number) =>
    this.#tolerance * (Math.abs(slope) + (1e-3 * scale) / span);

  /** One slope an output, or that of ⟨u, f⟩ alone; v has the length `span`. */
  along(v: Vector, span: number, u?: Vector): Differences {
    const { point, value } = this.#subject;
    const project = (y: Vector) => (u ? Float64Array.of(dot(u, y)) : y);
    const noise = u ? Float64Array.of(absDot(u, this.#noise)) : this.#noise;
    const f = (t: number) => project(value(along(point, t, v)));
    return differentiate(f, project(this.#f0), noise, span / 4, (limit, scale) =>
      limit.estimate.every((e, i) => e <= 0.1 * this.#resolution(limit.value[i]!, scale[i]!, span)),
    );
  }

  /** Compares the derivative of output i along v with what `along` gave; true where there is a kink. */
  judge(
    tally: Tally,
    given: Where,
    analytic: number,
    d: Differences,
    i: number,
    v: Vector,
    span: number,
  ): boolean {
    const { point } = this.#subject;
    const [slope, estimate, jump] = [d.slope[i]!, d.estimate[i]!, d.jump[i]!];
    const magnitude = Math.max(Math.abs(analytic) || 0, Math.abs(slope));
    const resolution = this.#resolution(magnitude, d.scale[i]!, span);
    const where = { ...given, estimate };
    const [left, right] = [slope - jump / 2, slope + jump / 2];
    if (Math.abs(jump) > 10 * d.jumpEstimate[i]! + this.#tolerance * largest([left, right])) {
      const at = switchBetween(this.#subject, along(point, -d.step, v), along(point, d.step, v));
      const nearest = Math.min(Math.max(analytic, Math.min(left, right)), Math.max(left, right));
      if (Math.abs(analytic - nearest) <= resolution)
        tally.kink({ what: where.what, left, right, analytic, ...(at && { at }) });
      else
        tally.compare(
          { ...where, what: `${where.what}, outside of its one-sided slopes` },
          analytic,
          nearest,
          0,
        );
      return true;
    }
    const error = Math.abs(analytic - slope);
    if (estimate <= resolution)
      tally.compare(where, analytic, slope, Math.max(this.#tolerance * magnitude, 10 * estimate));
    else if (error > Math.max(resolution, 10 * estimate)) tally.compare(where, analytic, slope, 0);
    else tally.open(`${where.what}: differences give ${slope} ± ${estimate.toPrecision(2)}`);
    return false;
  }
}
