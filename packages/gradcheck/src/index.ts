// @cotangent/gradcheck: checks any derivative against oracles that share no code with it.
export { assertGrads, type Checkable, checkGrads } from "./check.ts";
export { type ExplainOptions, explain } from "./explain.ts";
export { type Expression, fromExpression } from "./expression.ts";
export type { Options } from "./options.ts";
export type { Derivatives } from "./plain-subject.ts";
export {
  type AllReport,
  checkAll,
  checkPrimitive,
  type PrimitiveOptions,
  type PrimitiveReport,
} from "./primitives/index.ts";
export type { PrimitiveFailure, RuleName } from "./primitives/law.ts";
export type { PrimitiveCase } from "./primitives/truth.ts";
export {
  type Blame,
  type Failure,
  firstOf,
  type Kink,
  type Report,
  type RungName,
  type RungResult,
  rungNames,
  type Status,
} from "./report.ts";
