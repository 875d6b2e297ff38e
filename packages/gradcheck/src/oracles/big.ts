// Numbers of 64 and more digits: the arithmetic of the oracles.
//
//   exact : f64 → Big      m·2ᵉ, not the shortest decimal that reads back as the same double
//
// They are decimal.js', which mathjs calls BigNumber: taken from there, mathjs need not be loaded for them.
// A number computes with the digits of its own class, so a function of Bigs takes its precision from its
// arguments: give it more digits and the same formula is right to more digits. The exponent has no bound
// that matters, so nothing here overflows or underflows.
import { Decimal } from "decimal.js";

export type Big = Decimal;
/** The class of the numbers with one number of digits. */
export type BigClass = typeof Decimal;

/** Digits that the oracles compute with unless told otherwise. */
export const standardDigits = 64;

const classes = new Map<number, BigClass>();

/** The class of numbers with the given number of digits; its remainders are Euclid's. */
export function bigClass(digits: number = standardDigits): BigClass {
  const known = classes.get(digits);
  const made = known ?? Decimal.clone({ precision: digits, modulo: Decimal.EUCLID });
  classes.set(digits, made);
  return made;
}

/** The class that a number belongs to. */
export const classOf = (x: Big): BigClass => x.constructor as BigClass;

/** A constant with the digits of `x`. */
export const like = (x: Big, value: number): Big => new (classOf(x))(value);

const powers = new Map<BigClass, Map<number, Big>>();

function powerOfTwo(Class: BigClass, exponent: number): Big {
  const known = powers.get(Class) ?? new Map<number, Big>();
  powers.set(Class, known);
  const power = known.get(exponent) ?? new Class(2).pow(exponent);
  known.set(exponent, power);
  return power;
}

/** The double itself, to all its bits. */
export function exact(x: number, digits: number = standardDigits): Big {
  const Class = bigClass(digits);
  if (Math.abs(x) < 2 ** 53 && Number.isInteger(x)) return new Class(x);
  if (!Number.isFinite(x)) return new Class(x);
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))) - 53, -1074);
  // Two steps: 2^1074 is no double.
  const half = Math.trunc(exponent / 2);
  const mantissa = x * 2 ** -half * 2 ** (half - exponent);
  return new Class(mantissa).times(powerOfTwo(Class, exponent));
}
