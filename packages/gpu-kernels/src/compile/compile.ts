// compile: a function of tensors as one gpu.js pipeline per signature of its arguments.
//
//   await compile(device, f)(...args) = f(...args), in f32
//
// Traced at the first call with arguments of that tree, those shapes and dtypes; the values of arguments never matter to
// what is compiled. Arguments are copied when the call is made, results are tensors of their own.
import { type Graph, print, type Structure, type Tensor, tree } from "@cotangent/autodiff";
import { printProgram } from "@cotangent/graph-passes";
import type { Device } from "../device/device.ts";
import { requireDevice, requireNames, requireOptions } from "../errors.ts";
import { networkLowerings } from "../primitive/lowerings.ts";
import type { KernelText } from "../template.ts";
import { joined, keyOf, type Sampled, sample } from "./arguments.ts";
import { compileError } from "./compile-error.ts";
import { Entry } from "./entry.ts";
import type { Lowerings } from "./lowering.ts";
import type { AnyFunction } from "./prepare.ts";
import { State } from "./state.ts";

/** How many signatures of one function are kept; beyond, the one called least recently is forgotten. */
export const maxSignatures = 16;

export interface CompileOptions {
  /** Keeps argument 0 between calls: see `GpuStateful`. */
  readonly state?: boolean;
  /** Kernels of primitives of your own, by their names. */
  readonly lowerings?: Lowerings;
}

/** What a compiled function can say of itself; of the signature that was called last. */
export interface Inspectable {
  /** The traced graph. Throws before the first call, as the others do. */
  readonly graph: Graph;
  /** What the host computes, as a graph, and what the device computes, as a program. */
  program(): string;
  /** The texts of the kernels, one for each launch; those of lowerings as soon as a call has recorded them. */
  kernels(): readonly KernelText[];
  /** Frees the pipelines; later calls throw. */
  destroy(): Promise<void>;
}

export type GpuCompiled<A extends unknown[], R> = ((...args: A) => Promise<R>) & Inspectable;

/** A compiled step (state, …rest) → [next state, …results] whose state is kept between calls. */
export type GpuStateful<A extends unknown[], R> = A extends [infer S, ...infer Rest]
  ? ((
      state: S | State<S>,
      ...rest: Rest
    ) => Promise<R extends readonly [unknown, ...infer B] ? [State<S>, ...B] : unknown[]>) &
      Inspectable & { readonly state: State<S> }
  : never;

class Cache {
  readonly state: State = new State();
  readonly #device: Device;
  readonly #f: AnyFunction;
  readonly #lowerings: Lowerings;
  /** Least recently called first. */
  readonly #entries = new Map<string, Entry>();
  #turn: Promise<unknown> = Promise.resolve();
  #isDestroyed = false;

  constructor(device: Device, f: AnyFunction, lowerings: Lowerings) {
    this.#device = device;
    this.#f = f;
    this.#lowerings = lowerings;
  }

  get last(): Entry {
    const entry = [...this.#entries.values()].at(-1);
    if (entry) return entry;
    throw compileError(
      "nothing is compiled before the first call; expected a call, which gives the shapes to compile for",
    );
  }

  /** Throws at once for what is wrong with the arguments or with the function; rejects for what goes wrong later. */
  call(args: readonly unknown[]): Promise<unknown> {
    this.#requireUse();
    const sampled = sample(args);
    const entry = this.#find(sampled);
    const { outTree } = entry.prepared.graph;
    return entry.run(sampled.leaves).then((results) => tree.unflatten(outTree, results));
  }

  /** Calls take turns: each starts from the state that the one before has left. Throws and rejects as `call` does. */
  callWithState([first, ...rest]: readonly unknown[]): Promise<unknown> {
    this.#requireUse();
    const { state } = this;
    const given = first === state ? null : sample([first]);
    const others = sample(rest);
    if (given) this.#find(joined(given, others));
    const before = this.#turn;
    const work = async (): Promise<unknown> => {
      await before;
      const from =
        given ??
        state.held(
          "step(step.state, …) was called before there is a state; expected an initial tree as argument 0 of the first call, or state.write(tree) before",
        );
      const sampled = joined(from, others);
      const entry = this.#find(sampled);
      const results = await entry.run(sampled.leaves);
      const { outTree } = entry.prepared.graph;
      state.advance(from, outTree, results);
      const structures = (outTree as readonly Structure[]).slice(1);
      const values = results.slice(from.leaves.length);
      return [state, ...(tree.unflatten(structures, values) as Tensor[])];
    };
    const result = state.during(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  #requireUse(): void {
    if (!this.#isDestroyed) return;
    throw compileError("the compiled function is destroyed; expected one in use: compile it again");
  }

  #find(sampled: Sampled): Entry {
    const key = keyOf(sampled);
    const name = `compiled ${this.#f.name}`.trim();
    const entry =
      this.#entries.get(key) ?? new Entry(this.#device, name, this.#f, sampled, this.#lowerings);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > maxSignatures && oldest !== undefined) {
      void this.#entries.get(oldest)?.destroy();
      this.#entries.delete(oldest);
    }
    return entry;
  }

  /** Calls that are under way finish first. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    await this.#turn;
    await Promise.all([...this.#entries.values()].map((entry) => entry.destroy()));
  }
}

/** Functions that nobody can call any more free their pipelines, so that users need not. */
const unused = new FinalizationRegistry<Cache>((cache) => {
  cache.destroy().catch(() => {});
});

/** What is computed where, in words. */
function programText({ prepared: { split, program } }: Entry): string {
  const onHost = split.host.equations.length > 0 ? [`on the host\n${print(split.host)}`] : [];
  return [...onHost, `on the device\n${printProgram(program)}`].join("\n\n");
}

/**
 * Compiles a pure function of trees of tensors for a device; see the header. Floats are f32 there: f64 arguments are
 * rounded to f32 on the way, and float results are f32. Whole numbers are exact or refused: what depends on whole numbers alone (keys, random
 * bits) the host computes, what depends on floats (argmax, casts, comparisons) the device, up to 2²⁴.
 *
 * With `state: true` argument 0 is the state and the first result its successor; it is uploaded and read back at each
 * call, since a pipeline keeps nothing (`createTrainer` unrolls several steps to avoid that), and calls that do not wait
 * for each other take turns.
 *
 * Throws a TypeError for what is no function, device or option. Calls throw at once, before there is a promise, for
 * arguments that are no trees of tensors, for tracers (compile the transformed function instead), for primitives
 * without kernels or lowering, and for arrays that the device cannot hold. They reject with the interpreter's own errors
 * for indices outside of their axis, and as the device's pipelines do.
 */
export function compile<A extends unknown[], R>(
  device: Device,
  f: (...args: A) => R,
  options: CompileOptions & { readonly state: true },
): GpuStateful<A, R>;
export function compile<A extends unknown[], R>(
  device: Device,
  f: (...args: A) => R,
  options?: CompileOptions,
): GpuCompiled<A, R>;
export function compile(device: Device, f: AnyFunction, options: CompileOptions = {}): unknown {
  requireDevice("compile", device);
  if (typeof f !== "function") throw compileError(`expected a function, got ${typeof f}`);
  requireOptions("compile", options, "{ state: true }");
  requireNames("compile", options, ["state", "lowerings"], {
    dtype: "floats are f32 on a device, whatever comes in: f64 arguments are rounded",
  });
  const { state = false, lowerings = {} } = options;
  const cache = new Cache(device, f, { ...lowerings, ...networkLowerings });
  const step = (...args: unknown[]): Promise<unknown> =>
    state ? cache.callWithState(args) : cache.call(args);
  unused.register(step, cache);
  Object.defineProperty(step, "name", { value: `compiled ${f.name}`.trim() });
  Object.defineProperty(step, "graph", { get: () => cache.last.prepared.graph });
  const program = (): string => programText(cache.last);
  const kernels = (): readonly KernelText[] => cache.last.prepared.planned.plan.kernels;
  const destroy = (): Promise<void> => cache.destroy();
  return Object.assign(step, { program, kernels, destroy }, state ? { state: cache.state } : {});
}
