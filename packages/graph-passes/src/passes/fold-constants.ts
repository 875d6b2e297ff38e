// Constants: equations of constants alone are evaluated, unless that makes a larger array than it reads,
// and an array of equal elements is a scalar wherever another input gives the result its shape.
//
//   a = sqrt 2, b = mul x a   →   b = mul x 1.4142135623730951
import { type Atom, type Equation, type Graph, Tensor } from "@cotangent/autodiff";
import { scalarOps } from "../schedule/scalar-ops.ts";
import { constantValue, isConstant, rewrite, scalar } from "./rewrite.ts";

function evaluated({ primitive, inputs, params, outputs }: Equation): readonly Atom[] | null {
  if (!inputs.every(isConstant)) return null;
  const room = Math.max(1, ...inputs.map(({ size }) => size));
  const size = outputs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  if (size > room) return null;
  const results = primitive.evaluate(inputs, primitive.shape(inputs, params), params);
  return results.map(({ shape, dtype, data }) => new Tensor(shape, dtype, data));
}

export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, (equation, at) => {
    const folded = evaluated(equation);
    const { primitive, inputs, outputs } = equation;
    if (folded || !scalarOps.has(primitive.name)) return folded;
    const shape = `${outputs[0]!.shape}`;
    const isShaped = inputs.some((atom) => !isConstant(atom) && `${atom.shape}` === shape);
    const values = inputs.map((atom) => (atom.shape.length > 0 ? constantValue(atom) : undefined));
    if (!isShaped || values.every((value) => value === undefined)) return null;
    const shrunk = inputs.map((atom, i) =>
      values[i] === undefined ? atom : scalar(values[i], atom.dtype),
    );
    return [at.apply(primitive.name, shrunk, equation.params)];
  });
}
