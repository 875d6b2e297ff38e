// The result of one rung while it is being made.
import type { Settings } from "./options.ts";
import type { Failure, Kink, RungName, RungResult } from "./report.ts";
import { ulpOf } from "./vector.ts";

/** Where a number stands, and how good what it is compared with is. */
export interface Where {
  readonly what: string;
  readonly estimate?: number;
  readonly coordinate?: string;
  readonly leaf?: string;
  readonly input?: number;
  readonly output?: number;
}

export class Tally {
  checked = 0;
  readonly rung: RungName;
  readonly settings: Settings;
  readonly #failures: Failure[] = [];
  readonly #kinks: Kink[] = [];
  readonly #open: string[] = [];
  readonly #digits: number;

  constructor(rung: RungName, settings: Settings) {
    this.rung = rung;
    this.settings = settings;
    this.#digits = rung === "f32" ? 24 : 53;
  }

  /** Whether `analytic` is within `allowed` of `expected`; a failure if not. */
  compare(where: Where, analytic: number, expected: number, allowed: number): void {
    this.checked++;
    if (!(Math.abs(analytic - expected) <= allowed) && !Object.is(analytic, expected))
      this.#fail(where, analytic, expected);
  }

  /** Something other than a number is wrong. */
  broken(what: string): void {
    this.checked++;
    this.#fail({ what }, Number.NaN, Number.NaN);
  }

  /** The oracle cannot tell. */
  open(why: string): void {
    this.checked++;
    this.#open.push(why);
  }

  /** A kink, dealt with as the options say. */
  kink(kink: Kink): void {
    this.checked++;
    const { kinks } = this.settings;
    if (kinks === "report") this.#kinks.push(kink);
    if (kinks !== "fail") return;
    const at = kink.at ? `, a switch of ${kink.at}` : "";
    const what = `${kink.what}: a kink${at}: ${kink.left} from the left, ${kink.right} from the right`;
    this.#fail({ what }, kink.analytic, kink.right);
  }

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  #fail({ estimate = 0, ...where }: Where, analytic: number, expected: number): void {
    const error = Math.abs(analytic - expected);
    this.#failures.push({
      rung: this.rung,
      ...where,
      analytic,
      expected,
      estimate,
      relativeError: error === 0 ? 0 : error / Math.max(Math.abs(analytic), Math.abs(expected)),
      ulp: error / ulpOf(expected, this.#digits),
    });
  }

  result(note?: string): RungResult {
    const { rung, checked } = this;
    const [failures, kinks, inconclusive] = [this.#failures, this.#kinks, this.#open.length];
    const status = failures.length > 0 ? "fail" : inconclusive > 0 ? "inconclusive" : "pass";
    const notes = [note, this.#open[0]].filter((text) => text !== undefined);
    const result = { rung, status, checked, inconclusive, failures, kinks } as const;
    return notes.length > 0 ? { ...result, note: notes.join("; ") } : result;
  }
}

/** A rung that does not apply, with the reason. */
export const skipped = (rung: RungName, note: string): RungResult => ({
  rung,
  status: "skipped",
  checked: 0,
  inconclusive: 0,
  failures: [],
  kinks: [],
  note,
});
