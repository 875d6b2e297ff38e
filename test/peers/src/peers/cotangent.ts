// The tasks as functions of this project's engine. Both of its hosts, the interpreter's and the
// compiler's, run these.
import {
  add,
  exp,
  matmul,
  mean,
  mul,
  sigmoid,
  Tensor,
  type Tree,
  tanh,
  tensor,
  valueAndGrad,
} from "@cotangent/autodiff";
import { denoising, gaussian, implicit, mlp, type Objective, sliced } from "@cotangent/losses";
import { arrayOf, type NamedArray, sigma } from "../arrays.ts";
import { applyChain } from "../chains.ts";
import type { StepTask, Task } from "../tasks.ts";

/** A function of the engine, and what to call it with. */
export interface Program {
  readonly f: (...args: Tree[]) => Tree;
  readonly args: readonly Tree[];
}

/** The task in f32; in f64 it is the reference that all implementations are checked against. */
export function programOf(
  task: Task,
  arrays: readonly NamedArray[],
  dtype: "f32" | "f64" = "f32",
): Program {
  const get = (name: string): Tensor => {
    const { data, shape } = arrayOf(arrays, name);
    return tensor(dtype === "f64" ? Float64Array.from(data) : data, { shape });
  };
  switch (task.kind) {
    case "matmul":
      return { f: matmul as Program["f"], args: [get("a"), get("b")] };
    case "chain": {
      const operations = { add, mul, tanh, sigmoid, exp };
      const f = (x: Tensor): Tensor => applyChain(task.chain, operations, () => x);
      return { f: f as Program["f"], args: [get("x")] };
    }
    case "step":
      return stepProgram(task, get);
  }
}

/** (params, x, draws) → [value, gradients], or the network's output alone. */
function stepProgram(task: StepTask, get: (name: string) => Tensor): Program {
  const { objective: name, sizes } = task;
  const [d, hidden] = sizes;
  const network = mlp({ sizes: [d, hidden, hidden, d] });
  const params = {
    layers: [1, 2, 3].map((l) => ({ weight: get(`w${l}`), bias: get(`b${l}`) })),
  };
  const x = get("x");
  if (name === "forward") {
    const f = (p: Tree, z: Tensor): Tensor => network.apply(p, z);
    return { f: f as Program["f"], args: [params, x] };
  }
  const objectives: Record<typeof name, Objective> = {
    denoising: denoising(network.score, { noise: gaussian(sigma) }),
    sliced: sliced(network.score, { projections: task.projections }),
    "implicit by contraction": implicit(network.score),
    "implicit by d JVPs": implicit(network.score, { useContraction: false }),
  };
  const draws: Record<typeof name, { [name: string]: Tensor }> = {
    denoising: { delta: get("delta") },
    sliced: { v: get("v") },
    "implicit by contraction": {},
    "implicit by d JVPs": {},
  };
  const loss = (p: Tree, z: Tensor, u: { [name: string]: Tensor }): Tensor =>
    mean(objectives[name].perSample(p, z, u));
  return { f: valueAndGrad(loss) as Program["f"], args: [params, x, draws[name]] };
}

/** Results in the order of every peer: [value, w1, b1, w2, b2, w3, b3], or the one array. */
export function numbersOf(result: Tree): ArrayLike<number>[] {
  if (result instanceof Tensor) return [result.data];
  const [value, gradients] = result as unknown as [
    Tensor,
    { layers: { weight: Tensor; bias: Tensor }[] },
  ];
  const layers = gradients.layers.flatMap(({ weight, bias }) => [weight.data, bias.data]);
  return [value.data, ...layers];
}
