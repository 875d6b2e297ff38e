// The state of a compiled step, between its calls.
//
//   let [state, loss] = await step(initial, batch, key);
//   [state, loss] = await step(state, batch, key);          // state is step.state
//
// It is kept on the host: a pipeline of gpu.js keeps no arrays between calls, so each call uploads it and reads it back.
import { type Spec, type Structure, Tensor, type TypedArray, tree } from "@cotangent/autodiff";
import { asSingle, copyAs, type Sampled, sample } from "./arguments.ts";
import { compileError, formatSpec } from "./compile-error.ts";

/** Stands for the state inside of a compiled step: pass it as argument 0 to go on from there. */
export class State<S = unknown> {
  #held: Sampled | null = null;
  #calls = 0;

  /** A copy of the state after the last call that has finished. Throws before there is one. */
  read(): S {
    const { structures, specs, leaves } = this.held(
      "state.read: there is no state yet; expected a call with an initial tree as argument 0, awaited, or state.write(tree), before",
    );
    const tensors = leaves.map((data, i) => {
      const { shape, dtype } = specs[i] as Spec;
      return new Tensor(shape, dtype, data.slice());
    });
    return tree.unflatten(structures[0] as Structure, tensors) as S;
  }

  /** Replaces the state by a copy of `tree`, from which the next call goes on. Throws while a call is under way. */
  write(tree: S): void {
    if (this.#calls > 0)
      throw compileError(
        `state.write: ${this.#calls} calls of the step are under way and would replace what is written; expected none: await them first`,
      );
    this.#held = sample([tree]);
  }

  /** What the next call starts from. */
  held(message: string): Sampled {
    if (this.#held) return this.#held;
    throw compileError(message);
  }

  /** Runs one call of the step, which is under way until `work` has settled. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#calls++;
    try {
      return await work();
    } finally {
      this.#calls--;
    }
  }

  /** Takes the first results of a call as the next state. Throws when they are no successor of it. */
  advance(from: Sampled, outTree: Structure, results: readonly Tensor[]): void {
    const [before] = from.structures;
    const after = Array.isArray(outTree) ? (outTree[0] as Structure | undefined) : undefined;
    if (after === undefined || JSON.stringify(after) !== JSON.stringify(before))
      throw compileError(
        "with state: true, expected a function that returns an array whose first element is a tree like argument 0, its successor; got another structure",
      );
    from.specs.forEach((spec, i) => {
      const [was, is] = [formatSpec(spec), formatSpec(results[i] as Tensor)];
      if (was !== is)
        throw compileError(
          `with state: true, leaf ${i} of the state is ${was} before and ${is} after a call; expected one shape and dtype: convert with astype`,
        );
    });
    const leaves = results
      .slice(0, from.specs.length)
      .map(({ dtype, data }): TypedArray => copyAs(asSingle(dtype), data));
    this.#held = { ...from, leaves };
  }
}
