// Sample statistics with their standard errors, in plain arithmetic.
import { expect } from "vitest";

/** A mean and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

export function meanOf(values: ArrayLike<number>): Estimate {
  const list = Array.from(values);
  const value = list.reduce((a, b) => a + b, 0) / list.length;
  const squares = list.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, error: Math.sqrt(squares / (list.length - 1) / list.length) };
}

/** The variance about a known mean. */
export function varianceOf(values: ArrayLike<number>, mean: number): Estimate {
  return meanOf(Array.from(values, (x) => (x - mean) ** 2));
}

/** Within 4 standard errors of `expected`, which must be at most `largestError`. */
export function expectEstimate(
  { value, error }: Estimate,
  expected: number,
  largestError: number,
): void {
  expect(error, "too few samples to tell").toBeLessThanOrEqual(largestError);
  expect(Math.abs(value - expected), `${value} ± ${error} is not ${expected}`).toBeLessThanOrEqual(
    4 * error,
  );
}
