// The one table of cases: a primitive without a case does not compile.
import { binaryCases } from "./cases/binary.ts";
import { comparisonCases } from "./cases/comparison.ts";
import { layoutCases } from "./cases/layout.ts";
import { productCases } from "./cases/product.ts";
import { reductionCases } from "./cases/reduction.ts";
import { sliceCases } from "./cases/slice.ts";
import { specialCases } from "./cases/special.ts";
import { unaryCases } from "./cases/unary.ts";
import type { Case } from "./support/case.ts";

/** Every primitive of the registry; cases.test.ts holds the two together. */
export type PrimitiveName =
  | "abs"
  | "acos"
  | "add"
  | "argmax"
  | "argsort"
  | "asin"
  | "astype"
  | "atan"
  | "atan2"
  | "broadcastTo"
  | "call"
  | "ceil"
  | "concat"
  | "cos"
  | "cosh"
  | "cumsum"
  | "div"
  | "equal"
  | "erf"
  | "erfc"
  | "exp"
  | "expm1"
  | "floor"
  | "gather"
  | "less"
  | "lessEqual"
  | "log"
  | "log1p"
  | "matmul"
  | "max"
  | "maximum"
  | "mod"
  | "mul"
  | "neg"
  | "notEqual"
  | "pad"
  | "permute"
  | "pow"
  | "reshape"
  | "round"
  | "scatterAdd"
  | "sech2"
  | "shiftRight"
  | "sigmoid"
  | "sign"
  | "sin"
  | "sinh"
  | "slice"
  | "softplus"
  | "sqrt"
  | "stopGradient"
  | "sub"
  | "sum"
  | "tan"
  | "tanh"
  | "threefry"
  | "where";

export const cases: Record<PrimitiveName, readonly Case[]> = {
  ...unaryCases,
  ...binaryCases,
  ...comparisonCases,
  ...reductionCases,
  ...productCases,
  ...layoutCases,
  ...sliceCases,
  ...specialCases,
};

/** [primitive, its cases] for test.each. */
export const caseEntries: readonly (readonly [string, readonly Case[]])[] = Object.entries(cases);
