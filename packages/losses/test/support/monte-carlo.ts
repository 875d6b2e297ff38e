// Sample statistics with their standard errors, in plain arithmetic.
import { expect } from "vitest";

/** A mean and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

export function meanOf(values: ArrayLike<number>): Estimate {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] ?? Number.NaN;
  const value = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] ?? Number.NaN) - value) ** 2;
  return { value, error: Math.sqrt(squares / (n - 1) / n) };
}

/** The variance of `values`, with the standard error that their fourth moment gives. */
export function varianceOf(values: ArrayLike<number>): Estimate {
  const { value: mean } = meanOf(values);
  return meanOf(Float64Array.from(values, (value) => (value - mean) ** 2));
}

/** The estimate is within 4 standard errors of `expected`, and those are small enough to mean something. */
export function expectEstimate(
  { value, error }: Estimate,
  expected: number,
  largestError: number = 0.1 * Math.abs(expected) + 1e-12,
): void {
  expect(error, "too few samples to tell").toBeLessThanOrEqual(largestError);
  expect(Math.abs(value - expected), `${value} ± ${error} is not ${expected}`).toBeLessThanOrEqual(
    4 * error + 1e-9,
  );
}

/** The Kolmogorov–Smirnov distance between a sample and a distribution function. */
export function kolmogorovSmirnov(values: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.reduce((worst, x, i) => {
    const p = cdf(x);
    return Math.max(worst, Math.abs(p - i / sorted.length), Math.abs(p - (i + 1) / sorted.length));
  }, 0);
}
