/** The value of --sigma: one level (0.3) or a range from the highest to the lowest (3..0.05). */

import { InvalidArgumentError } from "commander";
import { positive } from "../option-values.ts";

/** One level, or the ends of a ladder, in standardised units. */
export type NoiseRange = number | { readonly highest: number; readonly lowest: number };

/** Reads the option's text; the ends may be in either order. */
export function parseNoiseRange(text: string): NoiseRange {
  const parts = text.split("..");
  try {
    const ends = parts.map(positive).sort((a, b) => b - a);
    const [highest, lowest, ...more] = ends;
    if (highest === undefined || more.length > 0 || highest === lowest) throw new Error(text);
    return lowest === undefined ? highest : { highest, lowest };
  } catch {
    throw new InvalidArgumentError(
      "Expected a level above 0, as in 0.3, or a range of levels, as in 3..0.05.",
    );
  }
}
