// Objectives: plain functions of the engine's operations, with their random draws as arguments.
//
//   perSample(params, x, draws): [B]        ½ and the sum over d inside a sample
//   mean(params, x, key) = mean_b perSample(params, x, draw(key, x))
//
// Differentiate, vmap, trace or compile either; gradients flow through the Jacobian terms.
import { expandDims, mean, type Tensor, type Tree } from "@cotangent/autodiff";
import { formatShape, requireBatch, requireShape } from "./preconditions.ts";

/** Named random draws of one evaluation, so that any value can be reproduced exactly. */
export type Draws = { readonly [name: string]: Tensor };

/** A score-matching objective. Methods, so that an objective of known parameters serves where any Tree does. */
export interface Objective<P extends Tree = Tree> {
  readonly name: string;
  /** Fresh draws for a batch x: [B, d]; `{}` where nothing is random. */
  draw(key: Tensor, x: Tensor): Draws;
  /** The objective of each sample. x: [B, d] → [B]. */
  perSample(params: P, x: Tensor, draws: Draws): Tensor;
  /** The mean over the batch with fresh draws: a scalar. */
  mean(params: P, x: Tensor, key: Tensor): Tensor;
}

/** What an objective's author writes; `defineObjective` adds checks and the mean. */
export interface ObjectiveDefinition<P extends Tree> {
  readonly name: string;
  draw(key: Tensor, x: Tensor): Draws;
  perSample(params: P, x: Tensor, draws: Draws): Tensor;
}

/** Completes an objective: x is checked to be [B, d], the result to be [B], and `mean` is added. */
export function defineObjective<P extends Tree>(definition: ObjectiveDefinition<P>): Objective<P> {
  const { name } = definition;
  const draw = (key: Tensor, x: Tensor): Draws => {
    requireBatch(name, x);
    return definition.draw(key, x);
  };
  const perSample = (params: P, x: Tensor, draws: Draws): Tensor => {
    const [batch] = requireBatch(name, x);
    const values = definition.perSample(params, x, draws);
    return requireShape(name, "the values", values, [batch], "return one number per sample");
  };
  return {
    name,
    draw,
    perSample,
    mean: (params, x, key) => mean(perSample(params, x, draw(key, x))),
  };
}

/** The draw called `key`; throws if it is missing or not shaped as x asks. */
export function requireDraw(
  operation: string,
  draws: Draws,
  key: string,
  shape: readonly number[],
): Tensor {
  const value = draws[key];
  const remedy = "take the draws from draw(key, x)";
  if (value === undefined)
    throw new TypeError(
      `${operation}: expected a draw ${key}: ${formatShape(shape)}, got draws { ${Object.keys(draws).join(", ")} }; ${remedy}`,
    );
  return requireShape(operation, `the draw ${key}`, value, shape, remedy);
}

/** The draw v: [M, B, d] of a projected objective; a single slice may be given as [B, d]. */
export function requireDirections(operation: string, draws: Draws, x: Tensor): Tensor {
  const v = draws.v?.shape.length === 2 ? expandDims(draws.v, 0) : draws.v;
  const slices = v?.shape.length === 3 ? (v.shape[0] ?? 1) : 1;
  return requireDraw(operation, v ? { v } : draws, "v", [slices, ...x.shape]);
}
