// Integer expressions for addresses, with what is known at build time folded.

import { type Expr, i32, op } from "../wasm/index.ts";

export function plus(a: Expr, b: Expr | number): Expr {
  if (b === 0) return a;
  return op("i32.add", a, typeof b === "number" ? i32(b | 0) : b);
}

export function times(a: Expr, b: number): Expr {
  if (b === 1) return a;
  const shift = Math.log2(b);
  return Number.isInteger(shift) ? op("i32.shl", a, i32(shift)) : op("i32.mul", a, i32(b | 0));
}

export function minus(a: Expr, b: Expr | number): Expr {
  return op("i32.sub", a, typeof b === "number" ? i32(b) : b);
}

/** The smaller of two expressions without effects. */
export function least(a: Expr, b: Expr): Expr {
  // wasm has no i32.min: b + ((a − b) & (a − b < 0 ? −1 : 0)), by the sign of the difference.
  const difference = minus(a, b);
  return plus(b, op("i32.and", difference, op("i32.shr_s", difference, i32(31))));
}
