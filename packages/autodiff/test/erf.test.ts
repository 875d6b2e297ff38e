// erf and erfc to two units in the last place, against the series in 220-bit fixed point.
import { erf, erfc, gelu } from "@cotangent/autodiff";
import { expect, test } from "vitest";

const bits = 220n;
const one = 1n << bits;

/** A double as a fixed-point number, exactly: it has 53 bits, none below 2⁻¹⁰⁰ here. */
const fixed = (x: number): bigint => BigInt(x * 2 ** 100) << (bits - 100n);
const times = (a: bigint, b: bigint): bigint => (a * b) >> bits;

/** 2/√π from the first 60 digits of √π (OEIS A002161). */
const twoOverRootPi =
  (2n * one * 10n ** 59n) / 177245385090551602729816748334114518279754945612238712821380n;

/** Σ (−1)ⁿ x^(2n+1) / (n! (2n+1)), Abramowitz & Stegun 7.1.5. */
function erfFixed(x: number): bigint {
  const square = times(fixed(x), fixed(x));
  let term = fixed(x);
  let sum = term;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = -times(term, square) / n;
    sum += term / (2n * n + 1n);
  }
  return times(sum, twoOverRootPi);
}

/** A difference in units in the last place of `value`. */
function ulps(got: number, truth: bigint): number {
  const value = Number(truth) / 2 ** 220;
  const last = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 52);
  return Number(fixed(got) - truth) / 2 ** 220 / last;
}

/** Doubles with few bits, so that they and their results are exact in fixed point. */
const points = Array.from({ length: 400 }, (_, i) => (i * 37 + 5) / 4096);

test("erf is right to two units in the last place", () => {
  for (const x of points)
    expect(Math.abs(ulps(erf(x).item(), erfFixed(x))), `erf(${x})`).toBeLessThan(2);
});

test("erfc is right to its conditioning: 2x²+1 times two units", () => {
  for (const x of points) {
    const error = Math.abs(ulps(erfc(x).item(), one - erfFixed(x)));
    expect(error, `erfc(${x})`).toBeLessThan(2 * (2 * x * x + 1));
  }
});

test("far out they are at their limits, up to infinity; NaN stays NaN", () => {
  for (const x of [28, 1e5, 2 ** 31 - 1, 1e20, 1e300, Number.POSITIVE_INFINITY]) {
    expect([erf(x).item(), erfc(x).item()], `at ${x}`).toEqual([1, 0]);
    expect([erf(-x).item(), erfc(-x).item()], `at ${-x}`).toEqual([-1, 2]);
    if (Number.isFinite(x)) expect(gelu(-x).item(), `gelu(${-x})`).toBeCloseTo(0, 100);
  }
  expect([erf(Number.NaN).item(), erfc(Number.NaN).item()]).toEqual([Number.NaN, Number.NaN]);
});
