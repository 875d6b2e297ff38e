// From a function and the specs of its arguments to a plan.
//
//   trace → optimise → split between host and device → check whole numbers → schedule → plan
import { constantsOf, type Graph, trace, tree, type Var } from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import { optimise, type Program, schedule } from "@cotangent/graph-passes";
import type { DeviceLimits } from "../device/device.ts";
import { fuseNetwork } from "../primitive/fuse.ts";
import { type Sampled, standIns } from "./arguments.ts";
import { compileError, formatSpec } from "./compile-error.ts";
import type { Lowerings } from "./lowering.ts";
import { type PlannedProgram, planProgram } from "./plan-program.ts";
import { type SplitGraph, splitGraph } from "./split-graph.ts";
import { castChecks, indexChecks, type ValueCheck } from "./value-checks.ts";
import { wholeNumbers } from "./whole-numbers.ts";

export type AnyFunction = (...args: never[]) => unknown;

export interface Prepared {
  /** As it was traced. */
  readonly graph: Graph;
  readonly split: SplitGraph;
  readonly program: Program;
  readonly planned: PlannedProgram;
  /** Of indices that the host has before a call… */
  readonly before: readonly ValueCheck[];
  /** …and of what the device computes: its outputs from number `results` on. */
  readonly after: readonly ValueCheck[];
  readonly results: number;
}

/** A constant has a value now: a tracer from around the call of the compiled function has none. */
function checkConstants(graph: Graph): void {
  for (const { interpreter, dtype, shape } of constantsOf(graph))
    if (interpreter)
      throw compileError(
        `the function uses ${formatSpec({ dtype, shape })} from outside of itself, a value traced by ${interpreter.name}; expected concrete tensors: make it an argument, transform the function first, then compile`,
      );
}

/** The passes know primitives by name: one of the user's must not have the name of another. */
function checkNames(graph: Graph): void {
  for (const { primitive, params } of graph.equations) {
    const known = registry.get(primitive.name);
    if (known && known !== primitive)
      throw compileError(
        `the primitive ${primitive.name} is not the engine's of that name; expected a name of its own: rename it`,
      );
    if (primitive.name === "call")
      checkNames((params as unknown as { forward: { graph(): Graph } }).forward.graph());
  }
}

/** Traces `f` for such arguments and plans its kernels. Throws for what a device of these limits cannot do. */
export function prepare(
  f: AnyFunction,
  { structures, specs }: Pick<Sampled, "structures" | "specs">,
  limits: DeviceLimits,
  lowerings: Lowerings,
): Prepared {
  // Tracing reads shapes and dtypes only, so these tensors need no data.
  const args = tree.unflatten(structures, standIns(specs)) as never[];
  const graph = trace(f as (...args: never[]) => unknown)(...args);
  checkNames(graph);
  checkConstants(graph);
  const split = splitGraph(optimise(graph));
  const { ranges, casts } = wholeNumbers(split.device);
  const checks = [...castChecks(casts), ...indexChecks(split.device, ranges)];
  const isGiven = ({ atom }: ValueCheck): boolean => split.device.inputs.includes(atom as Var);
  const after = checks.filter((check) => !isGiven(check));
  const outputs = [...split.device.outputs, ...after.map(({ atom }) => atom)];
  const device = { ...split.device, outputs, outTree: outputs.map(() => null) };
  const program = schedule(fuseNetwork(device));
  return {
    graph,
    split,
    program,
    planned: planProgram(program, limits, lowerings),
    before: checks.filter(isGiven),
    after,
    results: split.device.outputs.length,
  };
}
