// The functions of this folder by the names of the engine's primitives, and the two ways to use them.
//
//   called(module, "tanh", "f32x4", [x])         a call of the module's own tanh, made at its first use
//   inlined(scope, "tanh", "f32x4", [x])         the code of tanh where the scope stands
//
// Called code is small; inlined code saves the call, and stands in a loop. Either way all lanes are computed; what lies
// in lanes that are not in use does no harm. What is one instruction on floats, and all of what
// is done to integers and masks, is written where programs are (codegen/steps.ts).
import { call, type Expr, type FunctionRef, type ModuleBuilder } from "../wasm/index.ts";
import { erfc } from "./complementary-error-function.ts";
import { lanesIn, lanesInLoop } from "./constant-pool.ts";
import { erf } from "./error-function.ts";
import { cosh, exp, expm1, sech2, sigmoid, sinh, softplus, tanh } from "./exponential-functions.ts";
import { acos, asin, atan, atan2 } from "./inverse-trigonometric.ts";
import type { FloatShape, Lanes } from "./lanes.ts";
import { log, log1p } from "./logarithm.ts";
import { pow } from "./power.ts";
import { mod } from "./remainder.ts";
import { Scope } from "./scope.ts";
import { tanhWithSlope } from "./tanh-with-slope.ts";
import { cos, sin, tan } from "./trigonometric.ts";

type One = (scope: Scope, lanes: Lanes, x: Expr) => Expr;
type Two = (scope: Scope, lanes: Lanes, x: Expr, y: Expr) => Expr;

type UnaryName =
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "sech2"
  | "sigmoid"
  | "softplus"
  | "erf"
  | "erfc";
type BinaryName = "atan2" | "mod" | "pow";
export type VectorFunctionName = UnaryName | BinaryName;

/** Functions of one vector, by the name of their primitive. */
export const unaryFunctions: Readonly<Record<UnaryName, One>> = {
  exp,
  expm1,
  log,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  sech2,
  sigmoid,
  softplus,
  erf,
  erfc,
};

/** Functions of two vectors. */
export const binaryFunctions: Readonly<Record<BinaryName, Two>> = { atan2, mod, pow };

export const isVectorFunction = (name: string): name is VectorFunctionName =>
  name in unaryFunctions || name in binaryFunctions;

export interface VectorFunctionOptions {
  /** Uses the multiply-add of relaxed SIMD, with one rounding where the processor has it. */
  readonly relaxed?: boolean;
}

function write(
  name: VectorFunctionName,
  scope: Scope,
  lanes: Lanes,
  operands: readonly Expr[],
): Expr {
  const [x, y] = operands.map((operand) => scope.let(operand, "x")) as [Expr, Expr];
  if (name in binaryFunctions) return binaryFunctions[name as BinaryName](scope, lanes, x, y);
  return unaryFunctions[name as UnaryName](scope, lanes, x);
}

function check(name: string, operands: readonly Expr[]): asserts name is VectorFunctionName {
  if (!isVectorFunction(name))
    throw new TypeError(
      `vector functions: no ${name}; expected one of ${[...Object.keys(unaryFunctions), ...Object.keys(binaryFunctions)].join(", ")}`,
    );
  const expected = name in binaryFunctions ? 2 : 1;
  if (operands.length !== expected)
    throw new TypeError(
      `vector functions: ${name} takes ${expected} vector${expected === 1 ? "" : "s"}, got ${operands.length}`,
    );
}

/** The module's function for it: `v128 → v128`, or of two. */
export function vectorFunction(
  module: ModuleBuilder,
  name: VectorFunctionName,
  shape: FloatShape,
  { relaxed = false }: VectorFunctionOptions = {},
): FunctionRef {
  const unique = `${name}_${shape}${relaxed ? "_relaxed" : ""}`;
  return module.once(`math.${unique}`, () => {
    const names = name in binaryFunctions ? ["x", "y"] : ["x"];
    const params = Object.fromEntries(names.map((key) => [key, "v128"] as const));
    return module.function(unique, { params, results: ["v128"] }, (fb, locals) => {
      const operands = names.map((key) => locals[key]!);
      fb.push(write(name, new Scope(module, fb), lanesIn(module, shape, relaxed), operands));
    });
  });
}

/** A call of the module's function. */
export function called(
  module: ModuleBuilder,
  name: string,
  shape: FloatShape,
  operands: readonly Expr[],
  options: VectorFunctionOptions = {},
): Expr {
  check(name, operands);
  return call(vectorFunction(module, name, shape, options), ...operands);
}

/** The code itself: statements where the scope writes, and the value. */
export function inlined(
  scope: Scope,
  name: string,
  shape: FloatShape,
  operands: readonly Expr[],
  { relaxed = false }: VectorFunctionOptions = {},
): Expr {
  check(name, operands);
  return write(name, scope, lanesInLoop(scope, shape, relaxed), operands);
}

/** tanh and sech² of one f32x4, as code where the scope stands. */
export function inlinedTanhWithSlope(
  scope: Scope,
  x: Expr,
  { relaxed = false }: VectorFunctionOptions = {},
): { readonly tanh: Expr; readonly sech2: Expr } {
  return tanhWithSlope(scope, lanesInLoop(scope, "f32x4", relaxed), scope.let(x, "x"));
}
