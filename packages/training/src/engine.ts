/**
 * What runs a function of tensors: the interpreter, or a compiler handed in from another package.
 * `fit` calls an engine once per run, on the whole training step. An engine that can keep the state of a
 * step where it computes says so by `resident`; parameters and moments are then copied only when read.
 * An AsyncEngine does the same and answers with promises, as a GPU has to: `fitAsync` takes either.
 */
import type { Tree } from "@cotangent/autodiff";
import { after } from "./settle.ts";

/** A function of trees. */
export type TreeFunction = (...args: Tree[]) => Tree;

/** A function of trees whose value arrives later. */
export type AsyncTreeFunction = (...args: Tree[]) => Promise<Tree>;

/** A step (state, …rest) → [next state, result] with its state inside. */
export interface ResidentStep {
  /** One step on; gives the result. */
  run(...rest: Tree[]): Tree;
  /** The state as it is now: a value that later steps do not change. */
  state(): Tree;
}

/** A `ResidentStep` whose answers arrive later; `run` is not called again before it has answered. */
export interface AsyncResidentStep {
  run(...rest: Tree[]): Promise<Tree>;
  state(): Promise<Tree>;
}

/** Turns a pure function of trees into one that computes the same, faster. */
export interface Engine {
  readonly name: string;
  compile<F extends TreeFunction>(f: F): F;
  /** The step with its state inside, from `initial` on; by default `keepState` holds it outside. */
  resident?(step: TreeFunction, initial: Tree): ResidentStep;
}

/** An engine that answers with promises. */
export interface AsyncEngine {
  readonly name: string;
  /**
   * How many training steps to put into one call, where a call costs more than its arithmetic; default 1.
   * Calls are of that many steps or of one, so that a step is compiled at most twice.
   */
  readonly stepsPerCall?: number;
  compile(f: TreeFunction): AsyncTreeFunction;
  resident?(step: TreeFunction, initial: Tree): AsyncResidentStep;
}

/** Runs functions as they are, operation by operation: the definition of every operation. */
export const interpreter: Engine = { name: "interpreter", compile: (f) => f };

/** How many steps `engine` wants in one call. */
export function stepsPerCall(engine: Engine | AsyncEngine): number {
  const { name, stepsPerCall: count = 1 } = engine as AsyncEngine;
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(
    `fit: expected stepsPerCall of engine ${name} to be a positive integer, got ${count}`,
  );
}

/** A step with its state inside, on an engine of either kind. */
export interface AnyResidentStep {
  run(...rest: Tree[]): Tree | PromiseLike<Tree>;
  state(): Tree | PromiseLike<Tree>;
}

/** The step as `engine` runs it, with its state inside. */
export function keepState(engine: Engine, step: TreeFunction, initial: Tree): ResidentStep;
export function keepState(
  engine: Engine | AsyncEngine,
  step: TreeFunction,
  initial: Tree,
): AnyResidentStep;
export function keepState(
  engine: Engine | AsyncEngine,
  step: TreeFunction,
  initial: Tree,
): AnyResidentStep {
  if (engine.resident) return engine.resident(step, initial);
  const compiled = engine.compile(step);
  let state = initial;
  const advance = (answer: Tree): Tree => {
    const [next, result] = answer as readonly [Tree, Tree];
    state = next;
    return result;
  };
  return {
    run: (...rest) => after<Tree, Tree>(compiled(state, ...rest), advance),
    state: () => state,
  };
}
