// Equations of constants alone are evaluated, unless that makes a larger array than it reads.
//
//   a = sqrt 2, b = mul x a   →   b = mul x 1.4142135623730951
import { type Graph, Tensor } from "@cotangent/autodiff";
import { rewrite } from "./rewrite.ts";

const concrete = (atom: unknown): atom is Tensor => atom instanceof Tensor && !atom.interpreter;

export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, ({ primitive, inputs, params, outputs }) => {
    if (!inputs.every(concrete)) return null;
    const room = Math.max(1, ...inputs.map(({ size }) => size));
    const size = outputs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    if (size > room) return null;
    const results = primitive.evaluate(inputs, primitive.shape(inputs, params), params);
    return results.map(({ shape, dtype, data }) => new Tensor(shape, dtype, data));
  });
}
