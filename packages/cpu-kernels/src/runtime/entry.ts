// One signature of a compiled function: its program, and the way of values in and out of it.
import type { Spec, TypedArray } from "@cotangent/autodiff";
import type { Buffer } from "@cotangent/graph-passes";
import { compileError, formatSpec } from "./errors.ts";
import { type FloatType, Slot } from "./leaf.ts";
import { type AnyFunction, type Prepared, type PrepareOptions, prepare } from "./prepare.ts";
import { Builder, type Node, nodeOf, type Signature, signatureOf } from "./signature.ts";

export interface EntryOptions extends PrepareOptions {
  readonly float: FloatType;
  readonly hasState: boolean;
  readonly reuseResults: boolean;
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

/** A leaf of the next state and where it belongs; `by` way of room of its own when the leaf will be overwritten too. */
type Move = readonly [from: TypedArray, to: TypedArray, by: TypedArray | null];

function movesOf(
  held: readonly TypedArray[],
  outputs: readonly TypedArray[],
  buffers: readonly Buffer[],
): Move[] {
  return held.flatMap((to, i): Move[] => {
    const from = outputs[i]!;
    if (from.byteOffset === to.byteOffset) return [];
    return [[from, to, buffers[i]!.role === "input" ? from.slice() : null]];
  });
}

export class Entry {
  readonly prepared: Prepared;
  /** One per argument. */
  readonly signatures: readonly Signature[];
  /** Where the leaves of each argument lie. */
  readonly inputs: readonly (readonly Slot[])[];
  readonly #results: Builder;
  readonly #state: Builder | null;
  readonly #moves: readonly Move[];
  /** For each section that threads share, what is copied while they compute. */
  readonly #transfers: (() => void)[][] = [];
  readonly #meanwhile = (section: number): void => {
    const transfers = this.#transfers[section];
    if (transfers) for (const transfer of transfers) transfer();
  };

  constructor(
    f: AnyFunction,
    args: readonly unknown[],
    state: Signature | null,
    options: EntryOptions,
  ) {
    const { float, hasState, reuseResults } = options;
    this.signatures = args.map((arg, i) => (i === 0 && state ? state : signatureOf(arg, float)));
    const structures = this.signatures.map(({ structure }) => structure);
    const specs = this.signatures.flatMap((signature) => signature.specs);
    const leaves = hasState ? (this.signatures[0]?.specs.length ?? 0) : 0;
    this.prepared = prepare(f, structures, specs, { ...options, state: leaves });
    const { program, executable } = this.prepared;
    const slots = program.inputs.map((buffer, i) => {
      // A state is written between calls, too.
      const isLate = i >= leaves && executable.generated.transfers.has(buffer);
      const slot = new Slot(executable.window(buffer), isLate);
      if (isLate) this.#plan(buffer, () => slot.read());
      return slot;
    });
    this.inputs = this.signatures.map(({ specs: own }) => slots.splice(0, own.length));
    const result = nodeOf(program.outTree);
    const [argument] = this.signatures;
    const held = this.inputs[0]?.map(({ view }) => view);
    if (!hasState || !argument || !held) {
      this.#results = this.#builder(result, 0, reuseResults);
      this.#state = null;
      this.#moves = [];
      return;
    }
    checkState(argument, result, program.outputs);
    const { length } = argument.specs;
    this.#results = this.#builder(
      { ...result, parts: result.parts.slice(1) },
      length,
      reuseResults,
    );
    this.#state = new Builder(argument.node, argument.specs, held);
    const outputs = program.outputs.slice(0, length);
    this.#moves = movesOf(
      held,
      outputs.map((buffer) => executable.window(buffer)),
      outputs,
    );
  }

  /** Has a transfer of a buffer made during the section that it belongs to, if it does to one. */
  #plan(buffer: Buffer, transfer: () => void): void {
    const section = this.prepared.executable.generated.transfers.get(buffer);
    if (section === undefined) return;
    this.#transfers[section] ??= [];
    this.#transfers[section].push(transfer);
  }

  /** A builder of the outputs from number `first` on; before it come those that are a state. */
  #builder(node: Node, first: number, reuseResults: boolean): Builder {
    const { program, executable } = this.prepared;
    const states = program.outputs.slice(0, first);
    const outputs = program.outputs.slice(first);
    const windows = outputs.map((buffer) => executable.window(buffer));
    // Only what each call computes anew may be written to by who gets it.
    const reused = outputs.map(
      (buffer) => reuseResults && buffer.role === "output" && !states.includes(buffer),
    );
    const builder = new Builder(node, outputs, windows, reused);
    outputs.forEach((buffer, i) => {
      if (!reused[i]) this.#plan(buffer, () => builder.copy(i));
    });
    return builder;
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
    this.prepared.executable.run(this.#meanwhile);
    const result = this.#results.build();
    if (this.#state === null) return result;
    for (const [from, , by] of this.#moves) by?.set(from);
    for (const [from, to, by] of this.#moves) to.set(by ?? from);
    (result as unknown[]).unshift(state);
    return result;
  }

  /**
   * Milliseconds of each kernel, in so many runs that begin with the arguments of the last call and the state that it
   * left. Arguments, state and results are kept.
   */
  measure(runs: number): number[][] {
    const { program, executable } = this.prepared;
    const windows = [...program.inputs, ...program.outputs].map((buffer) =>
      executable.window(buffer),
    );
    const kept = windows.map((window) => window.slice());
    const times = Array.from({ length: runs }, () => executable.time());
    windows.forEach((window, i) => {
      window.set(kept[i]!);
    });
    return times;
  }

  /** A copy of the tree that argument 0 has become. */
  readState(): unknown {
    return this.#state!.build();
  }

  /** Takes over the state of another entry, whose state has the same signature. */
  takeState(from: Entry): void {
    this.inputs[0]!.forEach(({ view }, i) => {
      view.set(from.inputs[0]![i]!.view);
    });
  }
}
