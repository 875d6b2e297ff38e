/**
 * What runs a function of tensors: the interpreter, or a compiler handed in from another package.
 * `fit` calls an engine once per run, on the whole training step. An engine that can keep the state of a
 * step where it computes says so by `resident`; parameters and moments are then copied only when read.
 */
import type { Tree } from "@cotangent/autodiff";

/** A function of trees. */
export type TreeFunction = (...args: Tree[]) => Tree;

/** A step (state, …rest) → [next state, result] with its state inside. */
export interface ResidentStep {
  /** One step on; gives the result. */
  run(...rest: Tree[]): Tree;
  /** The state as it is now: a value that later steps do not change. */
  state(): Tree;
}

/** Turns a pure function of trees into one that computes the same, faster. */
export interface Engine {
  readonly name: string;
  compile<F extends TreeFunction>(f: F): F;
  /** The step with its state inside, from `initial` on; by default `keepState` holds it outside. */
  resident?(step: TreeFunction, initial: Tree): ResidentStep;
}

/** Runs functions as they are, operation by operation: the definition of every operation. */
export const interpreter: Engine = { name: "interpreter", compile: (f) => f };

/** The step as `engine` runs it, with its state inside. */
export function keepState(engine: Engine, step: TreeFunction, initial: Tree): ResidentStep {
  if (engine.resident) return engine.resident(step, initial);
  const compiled = engine.compile(step);
  let state = initial;
  return {
    run(...rest) {
      const [next, result] = compiled(state, ...rest) as readonly [Tree, Tree];
      state = next;
      return result;
    },
    state: () => state,
  };
}
