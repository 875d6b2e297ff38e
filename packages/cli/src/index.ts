/**
 * @cotangent/cli: the `cotangent` command as a function, and its report.
 */
export type {
  CompareResult,
  CompareSettings,
  CurvePoint,
  DensityGrid,
  Environment,
  Estimate,
  Interval,
  ObjectiveRun,
  PerturbedTarget,
  Point,
  Problem,
} from "./compare/result.ts";
export type { Io } from "./io.ts";
export { runCommand } from "./program.ts";
export { reportDocument } from "./report/document.ts";
