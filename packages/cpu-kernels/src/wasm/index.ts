// An emitter of WebAssembly: expression trees that are checked when they are made, printed as text and encoded as bytes.

export {
  f32,
  f64,
  i32,
  i64,
  shuffle,
  shuffleLanes,
  splat,
  type VectorShape,
  v128,
} from "./constants.ts";
export {
  block,
  br,
  brIf,
  brTable,
  call,
  drop,
  get,
  ifElse,
  ifThen,
  loop,
  ret,
  select,
  set,
  tee,
} from "./control.ts";
export { type Access, access, accessLane, lane, load, op, store } from "./expr.ts";
export { hasRelaxedSimd, hasSimd, hasThreads } from "./features.ts";
export { FunctionBuilder, forRange, type Range } from "./function.ts";
export type {
  AccessInstruction,
  Instruction,
  LaneAccessInstruction,
  LaneInstruction,
  ValueType,
} from "./instructions.ts";
export { type FunctionOptions, ModuleBuilder } from "./module.ts";
export type { MemoryOptions } from "./module-parts.ts";
export type { Expr, FunctionRef, Local } from "./nodes.ts";
