// This project's compiler to WebAssembly.
import type { Tree } from "@cotangent/autodiff";
import * as kernels_ from "@cotangent/cpu-kernels";
import type { Peer } from "../peer.ts";
import { numbersOf, programOf } from "./cotangent.ts";

// TODO(remove): until compile is exported.
type F = ((...args: Tree[]) => Tree) & { stats(): unknown };
const kernels = kernels_ as unknown as { compile: (f: unknown, o: object) => F };

export interface CompiledOptions {
  readonly threads: number;
}

export async function openPeer({ threads }: CompiledOptions): Promise<Peer> {
  return {
    name: `Cotangent compiled, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    prepare(task, arrays) {
      const { f, args } = programOf(task, arrays);
      const step = kernels.compile(f, { dtype: "f32", threads });
      let result: Tree;
      return {
        run() {
          result = step(...args);
        },
        read: () => numbersOf(result),
        stats: () => step.stats(),
      };
    },
  };
}
