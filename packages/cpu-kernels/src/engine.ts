// The compiler as an engine for training and sampling: what they ask to compile becomes one module each.
//
//   fit({ …, engine: cpuEngine() })         the state of a training step stays in the arena between steps
//
// The type is structural: @cotangent/training's Engine and @cotangent/sampling's StepEngine.
import type { Tree } from "@cotangent/autodiff";
import { type CompileOptions, compile } from "./compile.ts";

type TreeFunction = (...args: Tree[]) => Tree;

export interface CpuEngine {
  readonly name: string;
  compile<F extends TreeFunction>(f: F): F;
  /** A step (state, …rest) → [next state, result] that keeps its state. */
  resident(step: TreeFunction, initial: Tree): { run(...rest: Tree[]): Tree; state(): Tree };
}

/** An engine with these options of `compile`, which throws for wrong ones when the engine first compiles. */
export function cpuEngine(options: Omit<CompileOptions, "state" | "reuseResults"> = {}): CpuEngine {
  return {
    name: "cpu",
    compile: <F extends TreeFunction>(f: F): F => compile(f, options),
    resident(step, initial) {
      const compiled = compile(step as (state: Tree, ...rest: Tree[]) => readonly [Tree, Tree], {
        ...options,
        state: true,
      });
      compiled.state.write(initial);
      return {
        run: (...rest) => compiled(compiled.state, ...rest)[1],
        state: () => compiled.state.read(),
      };
    },
  };
}
