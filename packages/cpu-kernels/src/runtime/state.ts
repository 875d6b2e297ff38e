// State that stays in the arena between calls.
//
//   let [state, loss] = step(initialState, batch, key);    // the initial state is copied in
//   [state, loss] = step(state, batch, key);               // nothing is copied: state is step.state
//   const { params } = step.state.read();                  // a copy
//
// The state lives with the signature that was called last, and moves when another one is called.
import type { Entry } from "./entry.ts";
import { compileError } from "./errors.ts";
import { allocate, type FloatType, Slot } from "./leaf.ts";
import { Builder, signatureOf } from "./signature.ts";

/** Stands for the state inside of a compiled step: pass it as argument 0 to go on from there. */
export class State<S = unknown> {
  readonly #float: FloatType;
  #owner: Entry | null = null;
  /** Makes copies of what was written. */
  #pending: Builder | null = null;

  constructor(float: FloatType) {
    this.#float = float;
  }

  /** A copy of the current state. Throws before there is one. */
  read(): S {
    if (this.#pending) return this.#pending.build() as S;
    if (this.#owner) return this.#owner.readState() as S;
    throw compileError(
      "state.read: there is no state yet; expected a call with an initial tree as argument 0, or state.write(tree), before",
    );
  }

  /** Replaces the state by a copy of `tree`, from which the next call goes on. Throws for what is no tree of tensors. */
  write(tree: S): void {
    const [signature] = this.#owner?.signatures ?? [];
    if (signature?.matches(tree)) {
      signature.write(tree, this.#owner!.inputs[0]!);
      this.#pending = null;
      return;
    }
    const given = signatureOf(tree, this.#float);
    const leaves = given.specs.map(allocate);
    given.write(
      tree,
      leaves.map((leaf) => new Slot(leaf)),
    );
    this.#pending = new Builder(given.node, given.specs, leaves);
  }

  /** The entry that holds the state, unless a tree of another kind was written since. */
  get owner(): Entry | null {
    return this.#pending ? null : this.#owner;
  }

  /** The tree that the next call starts from, when no entry holds it yet. */
  get pending(): unknown {
    if (this.#pending) return this.#pending.build();
    throw compileError(
      "step(step.state, …) was called before there is a state; expected an initial tree as argument 0 of the first call, or state.write(tree) before",
    );
  }

  /** Says that `entry` holds the state now. */
  moveTo(entry: Entry): void {
    this.#owner = entry;
    this.#pending = null;
  }
}
