// A device as an engine for training: what it asks to compile becomes one pipeline each.
//
//   await fitAsync({ …, engine: gpuEngine(device) })     the state of a step stays inside between calls
//
// The type is structural: @cotangent/training's AsyncEngine.
import { astype, type Tree, tree } from "@cotangent/autodiff";
import { type CompileOptions, compile } from "./compile/index.ts";
import type { Backend } from "./device/backend.ts";
import type { Device } from "./device/device.ts";
import { requireDevice, requireNames, requireOptions } from "./errors.ts";

type TreeFunction = (...args: Tree[]) => Tree;
type ResidentFunction = (state: Tree, ...rest: Tree[]) => readonly [Tree, Tree];
type AsyncTreeFunction = (...args: Tree[]) => Promise<Tree>;

/** Options of `gpuEngine`, beside those of `compile`. */
export interface GpuEngineOptions extends Omit<CompileOptions, "state"> {
  /**
   * How many training steps are one pipeline. Default: on a GPU 10, which halves the time of a small step and divides the
   * usual distances between validations; on webasm and cpu 1, since a call costs little there and tracing does.
   */
  readonly stepsPerCall?: number;
}

export interface GpuEngine {
  readonly name: string;
  readonly stepsPerCall: number;
  compile(f: TreeFunction): AsyncTreeFunction;
  /** A step (state, …rest) → [next state, result] that keeps its state; `state` has the dtypes of `initial`. */
  resident(
    step: TreeFunction,
    initial: Tree,
  ): { run(...rest: Tree[]): Promise<Tree>; state(): Promise<Tree> };
}

/** The engine of `device`. Throws a TypeError for what is no device or option; its functions reject as `compile`'s do. */
export function gpuEngine(device: Device, options: GpuEngineOptions = {}): GpuEngine {
  requireDevice("gpuEngine", device);
  requireOptions("gpuEngine", options, "{ stepsPerCall: 10 }");
  requireNames("gpuEngine", options, ["stepsPerCall", "lowerings"]);
  const { stepsPerCall = callsAreCheap(device.backend) ? 1 : 10, ...rest } = options;
  if (!Number.isInteger(stepsPerCall) || stepsPerCall < 1)
    throw new TypeError(
      `gpuEngine: expected stepsPerCall to be a whole number ≥ 1, got ${stepsPerCall}`,
    );
  return {
    name: "gpu",
    stepsPerCall,
    compile: (f) => compile(device, f, rest),
    resident(step, initial) {
      const compiled = compile(device, step as ResidentFunction, { ...rest, state: true });
      compiled.state.write(initial);
      const like = tree.map((leaf) => leaf, initial);
      return {
        run: async (...args) => (await compiled(compiled.state, ...args))[1],
        state: async () =>
          tree.map((leaf, { dtype }) => astype(leaf, dtype), compiled.state.read(), like),
      };
    },
  };
}

const callsAreCheap = (backend: Backend): boolean => backend === "webasm" || backend === "cpu";
