// What a check finds: plain data, so that it can be printed, asserted and sent as JSON.
//
//   Report = { status, rungs: [{ rung, status, failures, … }], blame, hints, seed, rerun }

/** The ladder, cheapest rung first. */
export const rungNames = [
  "structure",
  "determinism",
  "dot product",
  "numeric",
  "symbolic",
  "taylor",
  "nesting",
  "f32",
] as const;
export type RungName = (typeof rungNames)[number];

/** `inconclusive`: the oracle could not tell; it never counts as a pass. */
export type Status = "pass" | "fail" | "inconclusive";

/** One number that is wrong, or, with NaN for numbers, one thing that is. */
export interface Failure {
  readonly rung: RungName;
  /** The coordinate or the law, as in `∂ output[1] / ∂ [0].weight[3, 2]` or `⟨Jv, u⟩ = ⟨v, Jᵀu⟩`. */
  readonly what: string;
  /** The argument's coordinate, as in `[0].weight[3, 2]`, its leaf, and flat positions, of one Jacobian entry. */
  readonly coordinate?: string;
  readonly leaf?: string;
  readonly input?: number;
  readonly output?: number;
  readonly analytic: number;
  readonly expected: number;
  /** How far `expected` may itself be off. */
  readonly estimate: number;
  readonly relativeError: number;
  /** The error in units of the last place of `expected`, in f64 (in f32 for the f32 rung). */
  readonly ulp: number;
}

/** The failure to look at first; a coordinate says more than a dot product. */
export const firstOf = (failures: readonly Failure[]): Failure | undefined =>
  failures[0]?.rung === "dot product"
    ? (failures.find(({ coordinate }) => coordinate !== undefined) ?? failures[0])
    : failures[0];

/**
 * A place where one-sided derivatives differ or are infinite: any value between is accepted. A side on which
 * the function has no value has NaN.
 */
export interface Kink {
  /** The coordinate or direction. */
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly analytic: number;
  /** The switch, as in `maximum a b, element [3], at model.ts:7:12`; unknown for plain functions. */
  readonly at?: string;
}

export interface RungResult {
  readonly rung: RungName;
  readonly status: Status | "skipped";
  /** How many comparisons were made, and of how many the outcome is open. */
  readonly checked: number;
  readonly inconclusive: number;
  readonly failures: readonly Failure[];
  readonly kinks: readonly Kink[];
  /** Why it was skipped or is inconclusive; the largest error of a pass. */
  readonly note?: string;
}

/** The first equation of the traced graph whose own rule is wrong. */
export interface Blame {
  /** As printed: `c:f64[3] = tanh b`. */
  readonly equation: string;
  readonly primitive: string;
  /** Which part of the engine is guilty. */
  readonly rule: "jvp" | "transpose" | "batch" | "accumulation" | "escape";
  /** The user's line, as in `loss (model.ts:12:8)`. */
  readonly source?: string;
  readonly detail: string;
}

export interface Report {
  readonly status: Status;
  readonly name: string;
  readonly rungs: readonly RungResult[];
  readonly seed: number;
  readonly blame?: Blame;
  readonly hints: readonly string[];
  /** What to run to see the first failure alone. */
  readonly rerun: string;
}
