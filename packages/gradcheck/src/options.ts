// What can be asked of a check.
import { misuse, shown } from "./errors.ts";
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

export type Settings = Required<Omit<Options, "name">>;

const isWhole = (low: number, high: number) => (x: unknown) =>
  Number.isInteger(x) && (x as number) >= low && (x as number) <= high;
/** For every option what is expected, and whether a value is that. */
export type OptionRules<T> = {
  readonly [K in keyof T]-?: readonly [expected: string, holds: (x: unknown) => boolean];
};
export const isListOf = (x: unknown, known: readonly unknown[]): boolean =>
  Array.isArray(x) && x.length > 0 && x.every((name) => known.includes(name));
const rules: OptionRules<Options> = {
  order: ["1, 2 or 3", isWhole(1, 3)],
  seed: ["a whole number from 0 to 2³² − 1", isWhole(0, 2 ** 32 - 1)],
  tolerance: ["a number above 0 and below 1", (x) => typeof x === "number" && x > 0 && x < 1],
  kinks: ['"report", "fail" or "skip"', (x) => ["report", "fail", "skip"].includes(x as string)],
  rungs: [
    `a list of ${rungNames.map((name) => `"${name}"`).join(", ")}`,
    (x) => isListOf(x, rungNames),
  ],
  only: ["a path such as [0].weight", (x) => typeof x === "string"],
  exhaustive: ["a whole number of at least 1", isWhole(1, 2 ** 31)],
  name: ["a text", (x) => typeof x === "string"],
};

const defaults: Omit<Settings, "tolerance"> = {
  order: 2,
  seed: 0,
  kinks: "report",
  rungs: rungNames,
  only: "",
  exhaustive: 4096,
};

/** Throws for options that are none, for an unknown one, and for a value that is none of its own. */
export function checkOptions<T extends object>(
  caller: string,
  options: T,
  known: OptionRules<T>,
): void {
  const names = Object.keys(known).join(", ");
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw misuse`${caller}: expected an object of options (${names}), got ${shown(options)}`;
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, key))
      throw misuse`${caller}: unknown option ${key}; expected ${names}`;
    const [expected, holds] = known[key as keyof T];
    if (value !== undefined && !holds(value))
      throw misuse`${caller}: option ${key} is ${shown(value)}, expected ${expected}`;
  }
}

/** The options of checkGrads with their defaults. */
export function settingsOf(options: Options, roundoff: number): Settings {
  checkOptions("checkGrads", options, rules);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const tolerance = roundoff > 2 ** -50 ? 1e-3 : 1e-6;
  return { ...defaults, tolerance, ...(Object.fromEntries(given) as Options) };
}
