// Any primitive of the registry as a function, by a graph of one equation.
import { evaluate, type Graph, type Params, type Tensor, Var } from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";

/** Applies the primitive under the current transformation, as an operation would. */
export function applyPrimitive(name: string, params: Params, ...inputs: Tensor[]): Tensor {
  const primitive = registry.get(name);
  if (primitive === undefined) throw new Error(`no primitive ${name}`);
  const variables = inputs.map(({ shape, dtype }) => new Var(shape, dtype));
  const outputs = primitive.shape(variables, params).map((spec) => new Var(spec.shape, spec.dtype));
  const graph: Graph = {
    inputs: variables,
    names: [],
    equations: [{ primitive, inputs: variables, params, outputs }],
    outputs,
    inTree: inputs.map(() => null),
    outTree: null,
  };
  return evaluate(graph, inputs) as Tensor;
}
