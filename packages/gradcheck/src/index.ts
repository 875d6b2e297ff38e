// @cotangent/gradcheck: checks any derivative against oracles that share no code with it.
export { assertGrads, type Checkable, checkGrads } from "./check.ts";
export { explain } from "./explain.ts";
export type { Options } from "./options.ts";
export type { Derivatives } from "./plain-subject.ts";
export type { Blame, Failure, Kink, Report, RungName, RungResult, Status } from "./report.ts";
