// From a function and the specs of its arguments to something that runs.
//
//   trace → lower → optimise → schedule → generate → WebAssembly
import {
  constantsOf,
  type Graph,
  type Spec,
  type Structure,
  Tensor,
  trace,
  tree,
} from "@cotangent/autodiff";
import { type BandOptions, band, optimise, type Program, schedule } from "@cotangent/graph-passes";
import { generate } from "../codegen/generate.ts";
import { compileError, formatSpec } from "./errors.ts";
import { Executable } from "./executable.ts";
import { type Lowerings, lower } from "./lowerings.ts";

export type AnyFunction = (...args: never[]) => unknown;

/** How long each part of a first call took, in milliseconds. */
export interface BuildTimes {
  readonly trace: number;
  readonly schedule: number;
  readonly generate: number;
  readonly compile: number;
}

export interface Prepared {
  readonly graph: Graph;
  readonly program: Program;
  readonly executable: Executable;
  readonly times: BuildTimes;
  /** The module's text: generated again, since few ask for it. */
  wat(): string;
}

export interface PrepareOptions {
  readonly lowerings: Lowerings;
  readonly threads?: number;
  /** How many leaves, from the first, are a state that is replaced by as many outputs. */
  readonly state?: number;
  /** Milliseconds that a call waits for threads that finish nothing. */
  readonly patience?: number;
  /** How kernels are cut into bands. */
  readonly bands?: BandOptions;
}

/** A constant has a value now: a tracer from around the call of the compiled function has none. */
function checkConstants(graph: Graph): void {
  for (const { interpreter, dtype, shape } of constantsOf(graph))
    if (interpreter)
      throw compileError(
        `the function uses ${formatSpec({ dtype, shape })} from outside of itself, a value traced by ${interpreter.name}; expected concrete tensors: make it an argument, transform the function first, then compile`,
      );
}

/** Traces `f` for arguments of a structure and specs, and compiles the graph. */
export function prepare(
  f: AnyFunction,
  structure: Structure, // of the list of arguments
  specs: readonly Spec[],
  { lowerings, threads = 1, patience, bands, state = 0 }: PrepareOptions,
): Prepared {
  const clock = [performance.now()];
  const lap = (): void => void clock.push(performance.now());
  // Tracing reads shapes and dtypes only, so these tensors need no data.
  const standIns = specs.map(({ shape, dtype }) => new Tensor(shape, dtype, null));
  const args = tree.unflatten(structure, standIns) as never[];
  const graph = lower(trace(f as (...args: never[]) => unknown)(...args), lowerings);
  checkConstants(graph);
  lap();
  const optimised = optimise(graph);
  const scheduled = schedule(optimised);
  // Calls that are left recompute to save memory (checkpoint), which a band would fill.
  const recomputes = optimised.equations.some(({ primitive }) => primitive.name === "call");
  const program = recomputes ? scheduled : band(scheduled, bands);
  lap();
  const generated = generate(program, { threads, state });
  lap();
  const executable = new Executable(program, generated, threads, patience);
  lap();
  const [trace_, schedule_, generate_, compile] = clock.slice(1).map((t, i) => t - clock[i]!);
  return {
    graph,
    program,
    executable,
    times: { trace: trace_!, schedule: schedule_!, generate: generate_!, compile: compile! },
    wat: () => generate(program, { threads, state, isPrinted: true }).module.toWat(),
  };
}
