// Counts the floating-point operations of a traced graph, after dead code is eliminated.
//
//   matmul 2mnk;  elementwise 1 an element;  reductions 1 an input element;  moving data 0
import { type Equation, eliminateDeadCode, type Graph } from "@cotangent/autodiff";

/** Moves or relabels elements, or works on integers: no floating-point operation. */
const free = new Set([
  "reshape",
  "broadcastTo",
  "permute",
  "slice",
  "pad",
  "concat",
  "flip",
  "gather",
  "astype",
  "stopGradient",
  "threefry",
  "shiftRight",
]);
const reductions = new Set(["sum", "max", "cumsum", "argmax", "scatterAdd"]);

const sizeOf = (atom: { readonly shape: readonly number[] } | undefined): number =>
  atom ? atom.shape.reduce((size, length) => size * length, 1) : 0;

export function countFlops(graph: Graph): number {
  return eliminateDeadCode(graph).equations.reduce((sum, equation) => sum + flopsOf(equation), 0);
}

function flopsOf({ primitive, inputs, outputs }: Equation): number {
  const { name } = primitive;
  if (name === "call") throw new Error("countFlops: this graph calls another; count that one too");
  if (name === "matmul") return 2 * sizeOf(outputs[0]) * (inputs[0]?.shape.at(-1) ?? 0);
  if (free.has(name)) return 0;
  return reductions.has(name) ? sizeOf(inputs[0]) : sizeOf(outputs[0]);
}
