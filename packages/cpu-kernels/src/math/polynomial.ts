// Polynomials in a vector of lanes.
//
//   c₀ + c₁x + c₂x² + …  =  (c₀ + c₂x² + …) + x·(c₁ + c₃x² + …)
//
// Horner's rule waits for each product in turn. From six coefficients on, the even and the odd part run side by
// side, which halves the wait for one more product (Knuth, The Art of Computer Programming 2, section 4.6.4).
import type { Expr } from "../wasm/index.ts";
import type { Lanes } from "./lanes.ts";
import type { Scope } from "./scope.ts";

function horner({ mulAdd, constant }: Lanes, x: Expr, coefficients: readonly number[]): Expr {
  const [last, ...rest] = coefficients.toReversed();
  return rest.reduce<Expr>((sum, c) => mulAdd(sum, x, constant(c)), constant(last!));
}

/** The polynomial with these coefficients, lowest power first. `x` is used many times: a local. */
export function polynomial(
  scope: Scope,
  lanes: Lanes,
  x: Expr,
  coefficients: readonly number[],
): Expr {
  if (coefficients.length < 6) return horner(lanes, x, coefficients);
  const square = scope.let(lanes.mul(x, x), "square");
  const part = (parity: number) => coefficients.filter((_, i) => i % 2 === parity);
  return lanes.mulAdd(horner(lanes, square, part(1)), x, horner(lanes, square, part(0)));
}
