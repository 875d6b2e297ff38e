// @cotangent/autodiff: tensors, operations and composable transformations. This is the whole public surface.
import "./methods.ts";

export * from "./functions.ts";
export type { Methods } from "./methods.ts";
