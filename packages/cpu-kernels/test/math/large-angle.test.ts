// The table of 2/π, against π from Machin's formula.
import { expect, test } from "vitest";
import { twoOverPi } from "../../src/math/large-angle.ts";

/** arctan(1/n)·2^bits. */
function arctanOfInverse(n: bigint, bits: bigint): bigint {
  let power = (1n << bits) / n;
  let sum = 0n;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += k % 4n === 1n ? power / k : -power / k;
    power /= n * n;
  }
  return sum;
}

test("the bits of 2/π are those that π = 16 arctan ⅕ − 4 arctan 1/239 gives", () => {
  const digits = BigInt(64 * (twoOverPi.length - 2));
  const bits = digits + 128n;
  const pi = 16n * arctanOfInverse(5n, bits) - 4n * arctanOfInverse(239n, bits);
  const quotient = ((2n << (2n * bits)) / pi) >> (bits - digits);
  const table = twoOverPi.reduce((number, word) => (number << 64n) | word);
  expect(table).toBe(quotient);
});
