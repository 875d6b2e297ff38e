/** The graphs of a function and of its derivatives, for arguments of given shapes. */

import {
  eliminateDeadCode,
  type Graph,
  grad,
  hessian,
  jvp,
  type Tensor,
  trace,
  tree,
  vjp,
  zeros,
} from "@cotangent/autodiff";
import { misused } from "../failure.ts";
import type { UserFunction } from "./load-export.ts";

/** The graphs on offer: of the function itself, its JVP, VJP, gradient and Hessian. */
export const graphNames = ["f", "jvp", "vjp", "grad", "hessian"] as const;

/** One of their names. */
export type GraphName = (typeof graphNames)[number];

/** The function's graph, its JVP, and its gradient (or, unless it returns one number, its VJP). */
export function usualNames(graph: Graph): readonly GraphName[] {
  const [result, ...more] = graph.outputs;
  const isNumber = result?.shape.length === 0 && more.length === 0;
  const isSmooth = [...graph.inputs, ...graph.outputs].every(({ dtype }) => dtype.startsWith("f"));
  return ["f", "jvp", isNumber && isSmooth ? "grad" : "vjp"];
}

/** The graph of that name. Tangents have the arguments' shapes, cotangents the results'. */
export function graphOf(name: GraphName, f: UserFunction, args: Tensor[], of: Graph): Graph {
  if (name === "f") return of;
  if (name === "jvp") {
    const tangents = trace((x: Tensor[], xDot: Tensor[]) => jvp(f, x, xDot));
    return eliminateDeadCode(tangents(args, args));
  }
  if (name === "vjp") {
    const cotangents = trace((x: Tensor[], yBar: Tensor) => vjp(f, x)[1](yBar));
    return eliminateDeadCode(cotangents(args, resultOf(of)));
  }
  if (of.outputs.length !== 1 || of.outputs[0]?.shape.length !== 0) {
    const got = of.outputs.map(({ shape, dtype }) => `${dtype}[${shape}]`).join(", ");
    throw misused(
      `${name}: expected a function that returns one number, got ${got}; ask for jvp or vjp`,
    );
  }
  const argnums = args.map((_, index) => index);
  const derivative = name === "grad" ? grad(f, { argnums }) : hessian(f, { argnums });
  return eliminateDeadCode(trace((...x: Tensor[]) => derivative(...x))(...args));
}

/** A stand-in for what the function returns: zeros in its tree. */
function resultOf(graph: Graph): Tensor {
  const leaves = graph.outputs.map(({ shape, dtype }) => zeros(shape, { dtype }));
  return tree.unflatten(graph.outTree, leaves) as Tensor;
}
