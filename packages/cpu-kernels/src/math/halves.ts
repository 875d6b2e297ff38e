// Four lanes of f32 as two pairs of doubles, and back.
import { type Expr, op, shuffle } from "../wasm/index.ts";

const upper = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const bothLower = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** The low and the high pair as doubles. `x` is used twice. */
export function halves(x: Expr): [Expr, Expr] {
  const promote = (v: Expr) => op("f64x2.promote_low_f32x4", v);
  return [promote(x), promote(shuffle(upper, x, x))];
}

/** Two pairs of doubles as four lanes of f32. */
export function joinHalves(low: Expr, high: Expr): Expr {
  const demote = (v: Expr) => op("f32x4.demote_f64x2_zero", v);
  return shuffle(bothLower, demote(low), demote(high));
}
