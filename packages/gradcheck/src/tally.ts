// One rung while it is being climbed: what it is given, and what it finds.
import type { Draws } from "./draws.ts";
import { Misuse, messageOf, StructureError } from "./errors.ts";
import type { Settings } from "./options.ts";
import type { Failure, Kink, RungName, RungResult } from "./report.ts";
import type { Subject } from "./subject.ts";
import { ulpOf } from "./vector.ts";

export interface Ascent {
  readonly subject: Subject;
  readonly settings: Settings;
  readonly draws: Draws;
  readonly tally: Tally;
  /** What is to be done when all rungs are through. */
  readonly later: (() => void)[];
}
export type Rung = (ascent: Ascent) => void;

/** What is compared, how good the oracle is, and where it stands in the Jacobian. */
export type Where = Pick<Failure, "what" | "coordinate" | "leaf" | "input" | "output"> &
  Partial<Pick<Failure, "estimate">>;

export class Tally {
  checked = 0;
  readonly #rung: RungName;
  readonly #kinksAre: Settings["kinks"];
  readonly #failures: Failure[] = [];
  readonly #kinks: Kink[] = [];
  readonly #open: string[] = [];
  #note: string | undefined;
  #isSkipped = false;

  constructor(rung: RungName, kinksAre: Settings["kinks"]) {
    this.#rung = rung;
    this.#kinksAre = kinksAre;
  }

  /** A failure unless `analytic` is within `allowed` of `expected`. */
  compare(where: Where, analytic: number, expected: number, allowed: number): void {
    this.checked++;
    const error = Math.abs(analytic - expected);
    if (error <= allowed || Object.is(analytic, expected)) return;
    const relativeError = error && error / Math.max(Math.abs(analytic), Math.abs(expected));
    const ulp = error / ulpOf(expected, this.#rung === "f32" ? 24 : 53);
    const numbers = { analytic, expected, relativeError, ulp };
    this.#failures.push({ rung: this.#rung, estimate: 0, ...where, ...numbers });
  }

  /** Something other than a number is wrong. */
  broken(what: string): void {
    this.compare({ what }, Number.NaN, Number.POSITIVE_INFINITY, 0);
  }

  /** Runs a part of the rung; what a wrong derivative throws is a failure of `what`. */
  attempt(act: () => void, what?: string): void {
    try {
      act();
    } catch (error) {
      if (error instanceof Misuse) throw error;
      const isNamed = what === undefined || error instanceof StructureError;
      this.broken(isNamed ? messageOf(error) : `${what} throws: ${messageOf(error)}`);
    }
  }

  /** The oracle cannot tell. */
  open(why: string): void {
    this.checked++;
    this.#open.push(why);
  }

  /** A kink, dealt with as the options say. */
  kink(kink: Kink): void {
    const { what, left, right, analytic, at } = kink;
    const why = `a kink with slopes ${left} and ${right}${at ? `, a switch of ${at}` : ""}`;
    if (this.#kinksAre === "report") this.#kinks.push(kink);
    if (this.#kinksAre !== "fail") this.checked++;
    else this.compare({ what: `${what}: ${why}` }, analytic, Number.NaN, 0);
  }

  note(text: string): void {
    this.#note = text;
  }

  /** The rung does not apply. */
  skip(why: string): void {
    this.#isSkipped = true;
    this.#note = why;
  }

  result(): RungResult {
    const [failures, kinks, inconclusive] = [this.#failures, this.#kinks, this.#open.length];
    const known = failures.length > 0 ? "fail" : inconclusive > 0 ? "inconclusive" : "pass";
    const note = [this.#note, this.#open[0]].filter((text) => text !== undefined).join("; ");
    return {
      rung: this.#rung,
      status: this.#isSkipped ? "skipped" : known,
      checked: this.checked,
      inconclusive,
      failures,
      kinks,
      ...(note && { note }),
    };
  }
}
