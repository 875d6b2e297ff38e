// Derivatives of a subject along lines by differences, and the verdict on a derivative that claims the same.
//
//   slope = d/dt f(x + t v) at 0, with steps that suit the arguments
//
// A verdict is a failure only beyond the tolerance and ten times the estimate; without a small estimate it
// stays open. Where one-sided slopes differ, anything between them is right.
import { type Differences, differentiate, growthOf } from "./differences.ts";
import { directionOf, isSingular, movesOf } from "./directions.ts";
import { Draws } from "./draws.ts";
import type { Settings } from "./options.ts";
import { noiseOf } from "./rounding.ts";
import type { Subject } from "./subject.ts";
import { switchBetween } from "./switches.ts";
import type { Tally, Where } from "./tally.ts";
import { absDot, along, dot, largest, type Vector } from "./vector.ts";

type Enough = Parameters<typeof differentiate>[4];
/** What differences along one direction give, and, where that is doubted, with other steps. */
interface Line {
  readonly v: Vector;
  readonly span: number;
  readonly noise: Vector;
  readonly first: Differences;
  /** With steps that are shorter by a factor of `shorter`. */
  other(k: number): Differences;
  /** How far rounding alone moves the derivative that is judged. */
  moved(): Vector;
  f(t: number): Vector;
}
const shorter = [50, 2 ** 16, 2 ** 30, 2 ** 44];

/** Differences of one subject at its point. */
export class Slopes {
  readonly #subject: Subject;
  readonly #tolerance: number;
  readonly #f0: Vector;
  readonly #noise: Vector;
  /** The largest |f| at the arguments and around: what derivatives that vanish are measured by. */
  readonly #scale: number;
  /** Whether something is wrong for sure: what takes long to excuse the next is then not tried. */
  #isSure = false;

  constructor(subject: Subject, { seed, tolerance }: Settings) {
    this.#subject = subject;
    this.#tolerance = tolerance;
    this.#f0 = subject.value(subject.point);
    const draws = new Draws(seed, 0);
    this.#noise = noiseOf(subject, draws);
    const around = [0.25, -0.25, 0.5].map((h) =>
      subject.value(along(subject.point, h, directionOf(subject, draws))),
    );
    this.#scale = largest([this.#f0, ...around].flatMap((y) => [...y].filter(Number.isFinite)));
  }

  #resolution = (slope: number, span: number) =>
    this.#tolerance * Math.abs(slope) +
    ((1e-3 * this.#tolerance + 256 * this.#subject.roundoff) * this.#scale) / span;

  /** One slope an output, or that of ⟨u, f⟩ alone; v has the length `span`. */
  along(v: Vector, span: number, u?: Vector): Line {
    const { point, value } = this.#subject;
    const project = (y: Vector, by = dot) => (u ? Float64Array.of(by(u, y)) : y);
    const noise = project(this.#noise, absDot);
    const f = (t: number) => project(value(along(point, t, v)));
    const isEnough: Enough = ({ value, estimate }) =>
      estimate.every((error, i) => error <= 0.1 * this.#resolution(value[i]!, span));
    const run = (start: number) => differentiate(f, project(this.#f0), noise, start, isEnough);
    const others: Differences[] = [];
    const other = (k: number) => (others[k] ??= run(span / 4 / shorter[k]!));
    let moves: Vector | undefined;
    const moved = () => (moves ??= project(movesOf(this.#subject, v), absDot));
    return { v, span, noise, first: run(span / 4), other, moved, f };
  }

  /** Compares the derivative of output i with what `along` gave; true where there is a kink. */
  judge(tally: Tally, where: Where, analytic: number, line: Line, i: number): boolean {
    const first = this.#verdict(analytic, line.first, i, line);
    const isUnbounded = Math.abs(analytic) === Number.POSITIVE_INFINITY || !first.isKnown;
    if (isUnbounded && this.#isInfinite(tally, where, analytic, line, i)) return true;
    if (Number.isNaN(analytic) && isSingular(this.#subject, new Draws(0, 0))) {
      tally.open(`${where.what} is NaN, beside an infinite derivative`);
      return false;
    }
    let verdict = first;
    // Steps that are too long may agree with each other: shorter ones can tell, if they see the difference.
    const count = !Number.isFinite(analytic) ? 0 : this.#isSure ? 1 : shorter.length;
    for (let k = 0; verdict.isWrong && k < count; k++) {
      const next = this.#verdict(analytic, line.other(k), i, line);
      if (!next.isWrong && 20 * next.estimate < Math.abs(analytic - first.expected)) verdict = next;
    }
    const { isKink, expected, estimate, left, right } = verdict;
    const isRounding = () => Math.abs(analytic - expected) <= line.moved()[i]!;
    if (verdict.isWrong && !this.#isSure && isRounding()) {
      tally.open(`${where.what}: rounding alone moves it by ${line.moved()[i]!.toPrecision(2)}`);
    } else if (verdict.isWrong) {
      this.#isSure = true;
      const what = where.what + (isKink ? ", outside of its one-sided slopes" : "");
      tally.compare({ ...where, what, estimate }, analytic, expected, 0);
    } else if (isKink) this.#kink(tally, where, analytic, line, left, right);
    else if (verdict.isKnown) tally.checked++;
    else tally.open(`${where.what}: differences give ${expected} ± ${estimate.toPrecision(2)}`);
    return isKink;
  }

  #kink(tally: Tally, { what }: Where, analytic: number, line: Line, left: number, right: number) {
    const [a, b] = [-line.first.step, line.first.step].map((t) =>
      along(this.#subject.point, t, line.v),
    );
    const at = switchBetween(this.#subject, a!, b!);
    tally.kink({ what, left, right, analytic, ...(at && { at }) });
  }

  /** Where the slope is infinite on a side: true if so, when it is dealt with. */
  #isInfinite(tally: Tally, where: Where, analytic: number, line: Line, i: number): boolean {
    const growth = (side: number) => growthOf((t) => side * line.f(side * t)[i]!, line.span / 4);
    const [left, right] = [growth(-1), growth(1)];
    const isBetween = analytic >= Math.min(left, right) && analytic <= Math.max(left, right);
    const isOrdinary = Number.isNaN(left) && Number.isNaN(right);
    if (isBetween || analytic === left || analytic === right)
      this.#kink(tally, where, analytic, line, left, right);
    else if (!isOrdinary)
      tally.open(`${where.what} is ${analytic}, with one-sided slopes ${left} and ${right}`);
    return !isOrdinary;
  }

  #verdict(analytic: number, d: Differences, i: number, { span, noise }: Line) {
    const [slope, estimate, jump] = [d.slope.value[i]!, d.slope.estimate[i]!, d.jump.value[i]!];
    const [left, right] = [slope - jump / 2, slope + jump / 2];
    const isLost = noise[i]! > 2 ** -10 * this.#scale;
    const isKink =
      !isLost &&
      Math.abs(jump) > 10 * d.jump.estimate[i]! + this.#tolerance * largest([left, right]);
    const nearest = Math.min(Math.max(analytic, Math.min(left, right)), Math.max(left, right));
    const expected = isKink ? nearest : slope;
    const size = Number.isFinite(analytic) ? Math.abs(analytic) : 0;
    const magnitude = Math.max(size, Math.abs(slope));
    const resolution = this.#resolution(magnitude, span);
    const isKnown = !isLost && (isKink || estimate <= resolution);
    const own = isKnown ? this.#tolerance * magnitude : resolution;
    const allowed = isKink ? resolution : Math.max(own, 10 * estimate);
    const isOpen = isLost || (!isKnown && Math.abs(analytic) === Number.POSITIVE_INFINITY);
    const isWrong = !isOpen && !(Math.abs(analytic - expected) <= allowed);
    return { isKink, isKnown, isWrong, expected, estimate, left, right };
  }
}
