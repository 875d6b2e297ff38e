// This project's compiler to WebAssembly: inputs and results stay where it computes, as in the other libraries, or
// arguments are read and results copied at every call, as `compile(f)` does by itself.
import type { Tree } from "@cotangent/autodiff";
import { type Compiled, compile } from "@cotangent/cpu-kernels";
import type { Peer } from "../peer.ts";
import { numbersOf, type Program, programOf } from "./cotangent.ts";
import { productFlops } from "./cotangent-elementwise.ts";

export interface CompiledOptions {
  readonly threads: number;
  readonly isCopying?: boolean;
}

interface Runner {
  readonly step: Compiled;
  readonly run: () => Tree;
}

function copying({ f, args }: Program, threads: number): Runner {
  const step = compile(f, { dtype: "f32", threads });
  return { step, run: () => step(...args) as Tree };
}

/** The inputs are a state that never changes. */
function resident({ f, args }: Program, threads: number): Runner {
  const withInputs = (inputs: Tree[]): [Tree[], Tree] => [inputs, f(...inputs)];
  const step = compile(withInputs, { dtype: "f32", threads, state: true, reuseResults: true });
  step.state.write(args as Tree[]);
  return { step, run: () => step(step.state)[1] };
}

export async function openPeer({ threads, isCopying = false }: CompiledOptions): Promise<Peer> {
  const count = `${threads} ${threads === 1 ? "thread" : "threads"}`;
  return {
    name: `Cotangent compiled, ${count}${isCopying ? ", copying" : ""}`,
    peak: async () => (await import("./peak.ts")).peak(),
    prepare(task, arrays) {
      const { step, run } = (isCopying ? copying : resident)(programOf(task, arrays), threads);
      let result: Tree;
      return {
        run() {
          result = run();
        },
        read: () => numbersOf(result),
        building() {
          const { trace, schedule, generate, compile } = step.stats().firstCall;
          return trace + schedule + generate + compile;
        },
        stats() {
          const { flops, arenaBytes, moduleBytes, firstCall, threads } = step.stats();
          return {
            threads,
            productFlops: productFlops(step.graph),
            flops,
            arenaBytes,
            moduleBytes,
            firstCall,
          };
        },
      };
    },
  };
}
