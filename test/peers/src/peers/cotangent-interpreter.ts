// This project's interpreter: each operation at once, as its definition says. With `dtype: "f64"` it
// is the reference.
import type { Tree } from "@cotangent/autodiff";
import type { Peer } from "../peer.ts";
import { numbersOf, programOf } from "./cotangent.ts";

export interface InterpreterOptions {
  readonly dtype?: "f32" | "f64";
}

export async function openPeer({ dtype = "f32" }: InterpreterOptions): Promise<Peer> {
  return {
    name: `Cotangent interpreter, ${dtype}`,
    prepare(task, arrays) {
      const { f, args } = programOf(task, arrays, dtype);
      let result: Tree;
      return {
        run() {
          result = f(...args);
        },
        read: () => numbersOf(result),
      };
    },
  };
}
