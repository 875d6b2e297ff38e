// Hands a sampler's step to an engine, such as one of @cotangent/training's.
//
//   step(state, ...tensors) → state, compiled once and called at every step
//
// Engines compile functions of trees; a step knows its state's type. What comes back is read with
// the step's own reader, so that no type is taken on trust.
import { Tensor, type Tree } from "@cotangent/autodiff";

/** Runs functions of trees of tensors; `compile` returns one of the same meaning, perhaps faster. */
export interface StepEngine {
  compile<F extends (...args: Tree[]) => Tree>(f: F): F;
}

/** The step as `engine` runs it; without an engine, the step itself. */
export function compileStep<S extends Tree, A extends readonly [Tensor, ...Tensor[]]>(
  engine: StepEngine | undefined,
  step: (state: S, ...tensors: A) => S,
  read: (state: Tree | undefined) => S,
  readTensors: (tensors: readonly Tree[]) => A,
): (state: S, ...tensors: A) => S {
  if (!engine) return step;
  const compiled = engine.compile((...args: Tree[]): Tree => {
    const [state, ...tensors] = args;
    return step(read(state), ...readTensors(tensors));
  });
  return (state, ...tensors) => read(compiled(state, ...tensors));
}

/** A leaf that must be a tensor. */
export function readTensor(value: Tree | undefined): Tensor {
  if (value instanceof Tensor) return value;
  throw new TypeError(
    `compile: expected the engine to pass and return tensors where the step does, got ${typeof value}; an engine keeps a function's trees`,
  );
}
