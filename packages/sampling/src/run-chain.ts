// Runs a Markov chain: a loop in JavaScript over a pure step.
//
//   state_{i+1} = step(state_i, key_i),   key_i = foldIn(key, i)
//
// The step is the unit that an engine compiles; the loop keeps no other state.
import { random, stack, type Tensor } from "@cotangent/autodiff";

/** One run. */
export interface ChainOptions<S> {
  readonly step: (state: S, key: Tensor) => S;
  readonly start: S;
  readonly key: Tensor;
  readonly steps: number;
  /** What the trajectory records of a state; absent: only the last state is kept. */
  readonly record?: ((state: S) => Tensor) | undefined;
}

/** The last state, and the recorded ones stacked, [steps + 1, ...] with the start first. */
export function runChain<S>({ step, start, key, steps, record }: ChainOptions<S>): {
  readonly last: S;
  readonly trajectory: Tensor | undefined;
} {
  let last = start;
  const recorded = record ? [record(start)] : [];
  for (let i = 0; i < steps; i++) {
    last = step(last, random.foldIn(key, i));
    if (record) recorded.push(record(last));
  }
  return { last, trajectory: record && stack(recorded) };
}
