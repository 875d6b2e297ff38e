// What a scalar operation is as text: helpers, and an expression of its arguments.
//
//   expression("a", "b") = "(a + b)" or "powOf(a, b)"
//
// One instruction, or a choice between two, is written in line; what has more steps is a helper. Numbers
// are f32; bool is 0.0 or 1.0; i32 and u32 are whole numbers below 2²⁴.
import { type FunctionText, functionText, literal } from "../template.ts";

/** A scalar operation as text. */
export interface ScalarText {
  readonly functions: readonly FunctionText[];
  /** Its value; an argument is the name of a local or a literal, and may be used several times. */
  expression(...args: readonly string[]): string;
}

/** An operation written in line. */
export const inline = (expression: (...args: readonly string[]) => string): ScalarText => ({
  functions: [],
  expression,
});

/** A call of a helper. */
export const calling = (helper: FunctionText): ScalarText => ({
  functions: [helper],
  expression: (...args) => `${helper.name}(${args.join(", ")})`,
});

/** A helper of x. */
export const ofOne = (name: string, body: string, ...uses: readonly FunctionText[]): FunctionText =>
  functionText(name, ["x"], body, uses);

/** c₀ + c₁x + c₂x² + … by Horner's rule; x: the name of a local. */
export function polynomial(x: string, coefficients: readonly number[]): string {
  const [last, ...rest] = coefficients.toReversed();
  return rest.reduce((sum, c) => `(${sum} * ${x} ${signed(c)})`, literal(last ?? 0));
}

const signed = (c: number): string => `${c < 0 ? "-" : "+"} ${literal(Math.abs(c))}`;

/** The largest number of f32: only ∞ is above it. */
export const largest: string = literal(2 ** 127 * (2 - 2 ** -23));
