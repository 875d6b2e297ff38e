// This project's compiler to WebAssembly.
import type { Tree } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import type { Peer } from "../peer.ts";
import { numbersOf, programOf } from "./cotangent.ts";
import { productFlops } from "./cotangent-elementwise.ts";

export interface CompiledOptions {
  readonly threads: number;
}

export async function openPeer({ threads }: CompiledOptions): Promise<Peer> {
  return {
    name: `Cotangent compiled, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    peak: async () => (await import("./peak.ts")).peak(),
    prepare(task, arrays) {
      const { f, args } = programOf(task, arrays);
      const step = compile(f, { dtype: "f32", threads });
      let result: Tree;
      return {
        run() {
          result = step(...args) as Tree;
        },
        read: () => numbersOf(result),
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
