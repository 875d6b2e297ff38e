/**
 * One training step as a pure function, (state, batch, key) → (state, loss): the loss and its gradient,
 * the optimiser's update, and the moving average of the weights.
 *
 *   θ̄ ← δ θ̄ + (1 − δ) θ,   δ = min(decay, (1 + t)/(10 + t))
 *
 * State in, state out, nothing else: an engine compiles it once and may keep the state where it computes.
 * The early δ forgets the initial weights sooner; source: TensorFlow, tf.train.ExponentialMovingAverage.
 */
import {
  add,
  astype,
  div,
  minimum,
  mul,
  sub,
  type Tensor,
  type Tree,
  tensor,
  tree,
  valueAndGrad,
} from "@cotangent/autodiff";
import type { TreeFunction } from "./engine.ts";
import type { Trainable } from "./fit-options.ts";
import { floatType, type Optimiser } from "./optimiser.ts";

/** Everything that a step reads and replaces. `ema` is `[]` when no average is kept. */
export interface TrainingState {
  readonly params: Tree;
  readonly optimiser: Tree;
  readonly ema: Tree;
  /** Steps done: u32 scalar. */
  readonly step: Tensor;
}

export interface StepOptions {
  readonly objective: Trainable;
  readonly optimiser: Optimiser;
  readonly ema?: number | undefined;
}

export function initialState(params: Tree, { optimiser, ema }: StepOptions): TrainingState {
  return {
    params,
    optimiser: optimiser.init(params),
    ema: ema === undefined ? [] : params,
    step: tensor(0, { dtype: "u32" }),
  };
}

/** The step function: (state, batch [B, …], key) → [state, loss]. */
export function trainingStep(options: StepOptions): TreeFunction {
  const { objective, optimiser, ema } = options;
  return function step(...args: Tree[]): Tree {
    const [state, batch, key] = args as unknown as [TrainingState, Tensor, Tensor];
    const lossOf = (params: Tree) => objective.mean(params, batch, key);
    const [loss, grads] = valueAndGrad(lossOf)(state.params) as [Tensor, Tree];
    const next = optimiser.update(state.params, grads, state.optimiser, state.step);
    return [
      {
        params: next.params,
        optimiser: next.state,
        ema: ema === undefined ? [] : average(state.ema, next.params, ema, state.step),
        step: add(state.step, 1),
      },
      loss,
    ];
  };
}

/**
 * Several steps as one function: (state, [[batch, key], …]) → [state after all of them, [loss, …]], which
 * an engine can compile as one program.
 */
export function inOneCall(step: TreeFunction): TreeFunction {
  return function trainingSteps(initial, calls) {
    let state = initial as Tree;
    const losses = (calls as readonly (readonly Tree[])[]).map((rest) => {
      const [next, loss] = step(state, ...rest) as readonly [Tree, Tree];
      state = next;
      return loss;
    });
    return [state, losses];
  };
}

function average(ema: Tree, params: Tree, decay: number, step: Tensor): Tree {
  const t = astype(step, floatType(params));
  const keep = minimum(decay, div(add(t, 1), add(t, 10)));
  return tree.map((θMean, θ) => add(mul(keep, θMean), mul(sub(1, keep), θ)), ema, params);
}
