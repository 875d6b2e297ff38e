// What can be asked of a check.
import { misuse } from "./errors.ts";
import { type RungName, rungNames } from "./report.ts";

export interface Options {
  /** The highest derivative that is checked: 1, 2 (the default) or 3. */
  readonly order?: 1 | 2 | 3;
  /** Decides every random direction; 0 by default. */
  readonly seed?: number;
  /** The largest relative error of a derivative against differences; 1e-6 by default, 1e-3 for f32 arithmetic. */
  readonly tolerance?: number;
  /** Where one-sided derivatives differ: list the place ("report", the default), fail there, or pass over it. */
  readonly kinks?: "report" | "fail" | "skip";
  /** Which rungs of the ladder to climb; all of them by default. */
  readonly rungs?: readonly RungName[];
  /** Only coordinates at or below this path, such as `[0].weight` or `[0].weight[3, 2]` (numeric rung). */
  readonly only?: string;
  /** Up to how many entries of the Jacobian are all compared; 4,096 by default. Beyond, a sample is. */
  readonly exhaustive?: number;
  /** What reports call the function; its own name by default. */
  readonly name?: string;
}

export interface Settings {
  readonly order: number;
  readonly seed: number;
  readonly tolerance: number;
  readonly kinks: "report" | "fail" | "skip";
  readonly rungs: readonly RungName[];
  readonly only: string;
  readonly exhaustive: number;
}

const isWhole = (low: number, high: number) => (x: unknown) =>
  Number.isInteger(x) && (x as number) >= low && (x as number) <= high;
const rules: { readonly [K in keyof Options]-?: readonly [string, (x: unknown) => boolean] } = {
  order: ["1, 2 or 3", isWhole(1, 3)],
  seed: ["a whole number from 0 to 2³² − 1", isWhole(0, 2 ** 32 - 1)],
  tolerance: ["a number above 0 and below 1", (x) => typeof x === "number" && x > 0 && x < 1],
  kinks: ['"report", "fail" or "skip"', (x) => ["report", "fail", "skip"].includes(x as string)],
  rungs: [
    `a list of ${rungNames.map((name) => `"${name}"`).join(", ")}`,
    (x) => Array.isArray(x) && x.length > 0 && x.every((name) => rungNames.includes(name)),
  ],
  only: ["a path such as [0].weight", (x) => typeof x === "string"],
  exhaustive: ["a whole number of at least 1", isWhole(1, 2 ** 31)],
  name: ["a text", (x) => typeof x === "string"],
};

/** The options with their defaults. Throws for an unknown one and for a value that is none of its own. */
export function settingsOf(options: Options, roundoff: number): Settings {
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, key))
      throw misuse`checkGrads: unknown option ${key}; expected ${Object.keys(rules).join(", ")}`;
    const [expected, holds] = rules[key as keyof Options];
    if (value !== undefined && !holds(value))
      throw misuse`checkGrads: option ${key} is ${JSON.stringify(value)}, expected ${expected}`;
  }
  return {
    order: options.order ?? 2,
    seed: options.seed ?? 0,
    tolerance: options.tolerance ?? (roundoff > 2 ** -50 ? 1e-3 : 1e-6),
    kinks: options.kinks ?? "report",
    rungs: options.rungs ?? rungNames,
    only: options.only ?? "",
    exhaustive: options.exhaustive ?? 4096,
  };
}
