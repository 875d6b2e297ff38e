/**
 * Parsers of option values: what each accepts, and a sentence when it is something else.
 *
 * commander prefixes the sentence with the option and the value given, and exits with 2.
 */

import { InvalidArgumentError } from "commander";

/** A whole number between the bounds. */
export function wholeNumber(
  low: number,
  high: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || value < low || value > high) {
      throw new InvalidArgumentError(
        high === Number.MAX_SAFE_INTEGER
          ? `Expected a whole number of at least ${low}.`
          : `Expected a whole number from ${low} to ${high}.`,
      );
    }
    return value;
  };
}

/** A number above zero. */
export function positive(text: string): number {
  const value = decimal(text);
  if (!(value > 0)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

/** A number of at least zero and below one: a decay or a share. */
export function share(text: string): number {
  const value = decimal(text);
  if (!(value >= 0 && value < 1)) {
    throw new InvalidArgumentError("Expected a number of at least 0 and below 1.");
  }
  return value;
}

/** A number of at least zero. */
export function notNegative(text: string): number {
  const value = decimal(text);
  if (!(value >= 0)) throw new InvalidArgumentError("Expected a number of at least 0.");
  return value;
}

/** Whole numbers separated by commas: the widths of the hidden layers, e.g. 64,64. */
export function widths(text: string): readonly number[] {
  const parse = wholeNumber(1, 4096);
  return text.split(",").map((part) => {
    try {
      return parse(part);
    } catch {
      throw new InvalidArgumentError("Expected widths from 1 to 4096 with commas, as in 64,64.");
    }
  });
}

/** One or more of the names, separated by commas, each once, in the order of `names`. */
export function subsetOf<N extends string>(names: readonly N[]): (text: string) => readonly N[] {
  return (text) => {
    const asked = text.split(",").map((part) => part.trim());
    const unknown = asked.find((name) => !names.some((known) => known === name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(`"${unknown}" is none of ${names.join(", ")}.`);
    }
    return names.filter((name) => asked.includes(name));
  };
}

/** A decimal number; NaN for anything else, so that every comparison refuses it. */
function decimal(text: string): number {
  const trimmed = text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
}
