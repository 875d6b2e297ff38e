// One signature of a compiled function: its program, and the way of values in and out of it.
import { type Spec, Tensor, type TypedArray } from "@cotangent/autodiff";
import { compileError, formatSpec } from "./errors.ts";
import type { FloatType } from "./leaf.ts";
import { type AnyFunction, type Prepared, type PrepareOptions, prepare } from "./prepare.ts";
import { buildTree, type Node, nodeOf, type Signature, signatureOf } from "./signature.ts";

export interface EntryOptions extends PrepareOptions {
  readonly float: FloatType;
  readonly hasState: boolean;
}

/** Leaf for leaf, the state after a call has the specs of the state before it. */
function checkState(argument: Signature, result: Node, results: readonly Spec[]): void {
  const state = result.kind === "list" ? result.parts[0] : undefined;
  const got = state && JSON.stringify(state);
  if (got !== JSON.stringify(argument.node))
    throw compileError(
      "with state: true, expected a function that returns an array whose first element is a tree like argument 0, its successor; got another structure",
    );
  argument.specs.forEach((spec, i) => {
    const [before, after] = [formatSpec(spec), formatSpec(results[i]!)];
    if (before !== after)
      throw compileError(
        `with state: true, leaf ${i} of the state is ${before} before and ${after} after a call; expected one shape and dtype: convert with astype`,
      );
  });
}

export class Entry {
  readonly prepared: Prepared;
  /** One per argument. */
  readonly signatures: readonly Signature[];
  /** Where the leaves of each argument lie. */
  readonly inputs: readonly (readonly TypedArray[])[];
  readonly #outputs: readonly TypedArray[];
  readonly #specs: readonly Spec[];
  readonly #result: Node;
  readonly #moves: readonly (readonly [from: TypedArray, to: TypedArray, by: TypedArray | null])[];
  readonly #hasState: boolean;

  constructor(
    f: AnyFunction,
    args: readonly unknown[],
    state: Signature | null,
    options: EntryOptions,
  ) {
    const { float, hasState } = options;
    this.signatures = args.map((arg, i) => (i === 0 && state ? state : signatureOf(arg, float)));
    const structures = this.signatures.map(({ structure }) => structure);
    const specs = this.signatures.flatMap((signature) => signature.specs);
    const leaves = hasState ? (this.signatures[0]?.specs.length ?? 0) : 0;
    this.prepared = prepare(f, structures, specs, { ...options, state: leaves });
    const { program, executable } = this.prepared;
    const windows = program.inputs.map((buffer) => executable.window(buffer));
    this.inputs = this.signatures.map(({ specs: own }) => windows.splice(0, own.length));
    this.#outputs = program.outputs.map((buffer) => executable.window(buffer));
    this.#specs = program.outputs;
    this.#result = nodeOf(program.outTree);
    this.#hasState = hasState;
    if (hasState) checkState(this.signatures[0]!, this.#result, this.#specs);
    this.#moves = hasState ? this.#movesOfState() : [];
  }

  /** From where each leaf of the next state is to be moved; `by` way of room of its own when that is overwritten too. */
  #movesOfState(): (readonly [TypedArray, TypedArray, TypedArray | null])[] {
    const { outputs } = this.prepared.program;
    return this.inputs[0]!.flatMap((to, i) => {
      const from = this.#outputs[i]!;
      if (from.byteOffset === to.byteOffset) return [];
      return [[from, to, outputs[i]!.role === "input" ? from.slice() : null] as const];
    });
  }

  /** Whether arguments from number `first` on have these signatures. */
  matches(args: readonly unknown[], first: number): boolean {
    if (args.length !== this.signatures.length) return false;
    for (let i = first; i < args.length; i++)
      if (!this.signatures[i]!.matches(args[i])) return false;
    return true;
  }

  /** Copies arguments in, from number `first` on, and runs. Returns the result; `state` stands for its first element. */
  call(args: readonly unknown[], first: number, state: unknown): unknown {
    for (let i = first; i < args.length; i++) this.signatures[i]!.write(args[i], this.inputs[i]!);
    this.prepared.executable.run();
    if (!this.#hasState) return buildTree(this.#result, this.#output);
    const count = this.signatures[0]!.specs.length;
    const parts = this.#result.parts.slice(1);
    const rest = buildTree({ kind: "list", keys: [], parts }, this.#output, count) as unknown[];
    for (const [from, , by] of this.#moves) by?.set(from);
    for (const [from, to, by] of this.#moves) to.set(by ?? from);
    return [state, ...rest];
  }

  readonly #output = (i: number): Tensor => {
    const { shape, dtype } = this.#specs[i]!;
    return new Tensor(shape, dtype, this.#outputs[i]!.slice());
  };

  /** Milliseconds of each kernel, in so many runs on the arguments of the last call; these are kept. */
  measure(runs: number): number[][] {
    const kept = this.inputs.flat().map((window) => window.slice());
    const times = Array.from({ length: runs }, () => this.prepared.executable.time());
    this.inputs.flat().forEach((window, i) => {
      window.set(kept[i]!);
    });
    return times;
  }

  /** A copy of the tree that argument 0 has become. */
  readState(): unknown {
    const { node, specs } = this.signatures[0]!;
    return buildTree(node, (i) => {
      const { shape, dtype } = specs[i]!;
      return new Tensor(shape, dtype, this.inputs[0]![i]!.slice());
    });
  }

  /** Takes over the state of another entry, whose state has the same signature. */
  takeState(from: Entry): void {
    this.inputs[0]!.forEach((to, i) => {
      to.set(from.inputs[0]![i]!);
    });
  }
}
