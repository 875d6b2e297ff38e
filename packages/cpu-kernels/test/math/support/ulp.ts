// Distances in units of the last place.

const formats = {
  f32: { digits: 24, least: 2 ** -149, beyond: 2 ** 128 },
  f64: { digits: 53, least: 2 ** -1074, beyond: Number.MAX_VALUE },
};
export type Precision = keyof typeof formats;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** 2^⌊log₂ size⌋ for a positive finite size; 2⁻¹⁰²² for denormal numbers. */
function leadingPower(size: number): number {
  number[0] = size;
  words[0] = 0;
  words[1] = Math.max(words[1]! & 0x7ff00000, 0x00100000);
  return number[0];
}

/** The unit of the last place of x. */
export function ulp(x: number, precision: Precision): number {
  const { digits, least } = formats[precision];
  return Math.max(leadingPower(Math.abs(x)) * 2 ** (1 - digits), least);
}

/**
 * How many ulp `y` is from the truth, a double and the rest that it does not hold. ∞ where only one of them is NaN, or
 * zeros have different signs; infinities count as the first number that is too large.
 */
export function distance(y: number, truth: number, precision: Precision, rest = 0): number {
  const { beyond } = formats[precision];
  const rounded = precision === "f32" ? Math.fround(truth) : truth;
  if (Number.isNaN(y) || Number.isNaN(truth)) return Object.is(y, truth) ? 0 : Infinity;
  if (y === 0 && rounded === 0)
    return Object.is(y, rounded) ? Math.abs(truth) / ulp(0, precision) : Infinity;
  const bounded = (x: number) => Math.max(-beyond, Math.min(x, beyond));
  const exact = bounded(truth);
  return Math.abs(bounded(y) - exact - rest) / ulp(exact, precision);
}
