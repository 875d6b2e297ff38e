// Real numbers as integers: x stands for x·2^−1400, about 420 decimals.
//
// The oracle for numerical stability. It shares nothing with Math or the engine: Taylor series on exact
// integers, rounded once, to nearest, at the end. A double converts to it exactly.

/** A number scaled by 2^bits. */
export type Fixed = bigint;

const bits = 1400n;
export const one: Fixed = 1n << bits;

/** Exact: a double is an integer times a power of two not below −1074. */
export function fixed(x: number): Fixed {
  let [mantissa, exponent] = [x, 0n];
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent += 1n;
  }
  return (BigInt(mantissa) << bits) >> exponent;
}

/** The nearest double. */
export function toNumber(x: Fixed): number {
  if (x < 0n) return -toNumber(-x);
  const length = BigInt(x.toString(2).length);
  const shift = length > 64n ? length - 64n : 0n;
  const top = x >> shift;
  const rest = x - (top << shift) === 0n ? 0n : 1n;
  const exponent = Number(shift - bits);
  const half = Math.trunc(exponent / 2);
  return Number(top | rest) * 2 ** half * 2 ** (exponent - half);
}

export const times = (x: Fixed, y: Fixed): Fixed => (x * y) >> bits;
export const over = (x: Fixed, y: Fixed): Fixed => (x << bits) / y;
export const square = (x: Fixed): Fixed => times(x, x);

/** √x, by Newton's iteration on integers. */
export function sqrt(x: Fixed): Fixed {
  const n = x << bits;
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Σ of terms until they vanish. */
function series(first: Fixed, next: (term: Fixed, n: bigint) => Fixed): Fixed {
  let [sum, term] = [0n, first];
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = next(term, n);
  }
  return sum;
}

/** eˣ = (e^(x/2^k))^(2^k). */
export function exp(x: Fixed): Fixed {
  if (x < 0n) return over(one, exp(-x));
  let halvings = 0n;
  while (x >> halvings > one >> 8n) halvings++;
  const small = x >> halvings;
  let y = series(one, (term, n) => times(term, small) / n);
  for (let i = 0n; i < halvings; i++) y = square(y);
  return y;
}

/** ln x for x > 0: y ← y + 2 (x − eʸ)/(x + eʸ) triples the digits (Halley); it starts at a power of two. */
export function log(x: Fixed): Fixed {
  let y = fixed((x.toString(2).length - one.toString(2).length + 0.5) * Math.LN2);
  for (let i = 0; i < 8; i++) {
    const e = exp(y);
    y += over(2n * (x - e), x + e);
  }
  return y;
}

/** sin x and cos x by their Taylor series; |x| up to a few hundred. */
export const sin = (x: Fixed): Fixed =>
  series(x, (term, n) => -times(term, square(x)) / (2n * n * (2n * n + 1n)));
export const cos = (x: Fixed): Fixed =>
  series(one, (term, n) => -times(term, square(x)) / (2n * n * (2n * n - 1n)));

/** arctan(1/n) for whole n ≥ 2. */
const arctanInverse = (n: bigint): Fixed => {
  let [sum, power] = [0n, one / n];
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += k % 4n === 1n ? power / k : -power / k;
    power /= n * n;
  }
  return sum;
};
/** Machin's formula, 1706. */
export const pi: Fixed = 4n * (4n * arctanInverse(5n) - arctanInverse(239n));

/** 2/√π Σ (−1)ⁿ x^(2n+1) / (n! (2n+1)), |x| ≤ 8; 1 beyond to more than double precision. */
export function erf(x: Fixed): Fixed {
  if (x < 0n) return -erf(-x);
  if (x > 8n * one) return one;
  let [sum, power] = [0n, x];
  for (let n = 1n; power !== 0n; n++) {
    sum += power / (2n * n - 1n);
    power = -times(power, square(x)) / n;
  }
  return times(over(2n * one, sqrt(pi)), sum);
}
