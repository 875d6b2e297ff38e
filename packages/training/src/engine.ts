/**
 * What runs a function of tensors: the interpreter, or a compiler handed in from another package.
 * `fit` calls an engine once per run, on the whole training step, so that a compiling engine can keep
 * parameters and optimiser state where it computes.
 */
import type { Tree } from "@cotangent/autodiff";

/** Turns a pure function of trees into one that computes the same, faster. */
export interface Engine {
  readonly name: string;
  compile<F extends (...args: Tree[]) => Tree>(f: F): F;
}

/** Runs functions as they are, operation by operation: the definition of every operation. */
export const interpreter: Engine = { name: "interpreter", compile: (f) => f };
