// compile: a function of tensors as one WebAssembly module per signature of its arguments.
//
//   compile(f)(...args) = f(...args), to rounding
//
// Traced at the first call with arguments of that tree, those shapes and dtypes; the values of arguments never matter to
// what is compiled. Results are tensors of their own, unless `reuseResults` is asked for.
import type { Graph } from "@cotangent/autodiff";
import { Entry, type EntryOptions } from "./runtime/entry.ts";
import { compileError, requireOptions, told } from "./runtime/errors.ts";
import type { Lowerings } from "./runtime/lowerings.ts";
import { requireThreads } from "./runtime/pool.ts";
import type { AnyFunction } from "./runtime/prepare.ts";
import { State } from "./runtime/state.ts";
import { type Stats, type StatsOptions, statsOf } from "./runtime/stats.ts";

/** How many signatures of one function are kept; beyond, the one called least recently is forgotten. */
export const maxSignatures = 16;

export interface CompileOptions {
  /** Takes float inputs in this precision, whichever they have; by default as they are. Numbers become f64 by default. */
  readonly dtype?: "f64" | "f32";
  /** Keeps argument 0 in memory between calls: see `Stateful`. */
  readonly state?: boolean;
  /**
   * At most so many threads work on a call; 1 by default. The others are workers, started once and shared by all compiled
   * functions; they help with kernels that are long enough. Results are the same for any number. In Node, or in
   * pages that are cross-origin isolated.
   */
  readonly threads?: number;
  /**
   * Returns what it computes in the same tensors at every call of a signature, over the memory in which it is computed:
   * each such call overwrites what the last one returned. Arguments and constants that are returned are copied. With
   * threads that is shared memory, which some interfaces of browsers refuse.
   */
  readonly reuseResults?: boolean;
  /** What primitives of your own are made of. */
  readonly lowerings?: Lowerings;
}

/** What a compiled function can say of itself; of the signature that was called last. */
export interface Compiled {
  /** The traced graph. Throws before the first call. */
  readonly graph: Graph;
  /** Work, memory and, if asked, measured times. Throws before the first call. */
  stats(options?: StatsOptions): Stats;
  /** The module in WebAssembly's text format. Throws before the first call. */
  wat(): string;
}

/** A compiled step (state, …rest) → [next state, …results] whose state stays inside. */
export type Stateful<F extends AnyFunction> = F extends (
  state: infer S,
  ...rest: infer A
) => infer R
  ? ((
      state: S | State<S>,
      ...rest: A
    ) => R extends readonly [unknown, ...infer B] ? [State<S>, ...B] : unknown[]) &
      Compiled & { readonly state: State<S> }
  : never;

class Cache {
  readonly #f: AnyFunction;
  readonly #options: EntryOptions;
  /** Most recently called first. */
  readonly #entries: Entry[] = [];
  readonly state: State;

  constructor(f: AnyFunction, options: EntryOptions) {
    this.#f = f;
    this.#options = options;
    this.state = new State(options.float);
  }

  get last(): Entry {
    const [entry] = this.#entries;
    if (entry) return entry;
    throw compileError(
      "nothing is compiled before the first call; expected a call, which gives the shapes to compile for",
    );
  }

  call(args: readonly unknown[]): unknown {
    if (this.#options.hasState) return this.#callWithState(args);
    return this.#find(args, null).call(args, 0, null);
  }

  #callWithState(args: readonly unknown[]): unknown {
    const { state } = this;
    const isResident = args[0] === state && state.owner !== null;
    const given = args[0] === state && !isResident ? args.with(0, state.pending) : args;
    const owner = isResident ? state.owner : null;
    const entry = this.#find(given, owner);
    if (owner && owner !== entry) entry.takeState(owner);
    const result = entry.call(given, owner ? 1 : 0, state);
    state.moveTo(entry);
    return result;
  }

  /** The entry for these arguments, made if there is none; with `owner`, argument 0 is the state that it holds. */
  #find(args: readonly unknown[], owner: Entry | null): Entry {
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      if (owner && entry.signatures[0] !== owner.signatures[0]) continue;
      if (!entry.matches(args, owner ? 1 : 0)) continue;
      if (i > 0) entries.unshift(...entries.splice(i, 1));
      return entry;
    }
    const known = owner ?? (this.#options.hasState ? this.state.owner : null);
    const [state] = known?.signatures ?? [];
    const shared = state && (owner || state.matches(args[0])) ? state : null;
    const made = new Entry(this.#f, args, shared, this.#options);
    entries.unshift(made);
    entries.length = Math.min(entries.length, maxSignatures);
    return made;
  }
}

/**
 * Compiles a pure function of trees of tensors; see the header. Throws at the call: for arguments that are no trees of
 * tensors, for tracers (compile the transformed function instead), for primitives without code or lowering, and the
 * interpreter's own errors for indices outside of their axis.
 */
export function compile<F extends AnyFunction>(
  f: F,
  options: CompileOptions & { readonly state: true },
): Stateful<F>;
export function compile<F extends AnyFunction>(f: F, options?: CompileOptions): F & Compiled;
export function compile(f: AnyFunction, options: CompileOptions = {}): unknown {
  if (typeof f !== "function") throw compileError(`expected a function, got ${typeof f}`);
  const names = ["dtype", "state", "threads", "reuseResults", "lowerings"];
  requireOptions("options", options, names);
  const { dtype, threads = 1, state = false, reuseResults = false, lowerings = {} } = options;
  if (dtype !== undefined && dtype !== "f64" && dtype !== "f32")
    throw compileError(`expected dtype "f64" or "f32", got ${JSON.stringify(dtype)}`);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw compileError(`expected threads to be a whole number from 1 to 64, got ${told(threads)}`);
  if (typeof lowerings !== "object" || lowerings === null)
    throw compileError(`expected lowerings to be an object, got ${told(lowerings)}`);
  for (const [name, value] of Object.entries({ state, reuseResults }))
    if (typeof value !== "boolean")
      throw compileError(`expected ${name} to be true or false, got ${told(value)}`);
  if (threads > 1) requireThreads();
  const cache = new Cache(f, { float: dtype, threads, lowerings, hasState: state, reuseResults });
  const step = (...args: unknown[]): unknown => cache.call(args);
  Object.defineProperty(step, "name", { value: `compiled ${f.name}`.trim() });
  Object.defineProperty(step, "graph", { get: () => cache.last.prepared.graph });
  const stats = (wanted: StatsOptions = {}): Stats => statsOf(cache.last, wanted);
  const wat = (): string => cache.last.prepared.wat();
  return Object.assign(step, { stats, wat }, state ? { state: cache.state } : {});
}
