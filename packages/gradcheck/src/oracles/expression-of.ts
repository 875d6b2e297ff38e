// A traced graph of scalars as mathjs expressions, and their symbolic derivatives in 64 digits.
//
//   { x, y . a = sin x;  b = mul a y in b }  →  sin(x) * y
//
// Covered are elementwise equations of float scalars, where each equation's expression stands in the next.
// A graph with anything else in it, or whose expressions grow beyond bounds, has no symbolic oracle.
import { type Atom, type Graph, Tensor } from "@cotangent/autodiff/functions";
import type { MathNode } from "mathjs";
import { type Algebra, interpret, meanings } from "./algebra.ts";
import { type Big, exact } from "./big.ts";
import { binary, unary } from "./functions.ts";
import { call, constant, derivativeOf, operator, symbol } from "./symbolic.ts";

/** BigNumbers as the numbers of an expression. */
export const bigAlgebra: Algebra<Big> = {
  constant: exact,
  apply: (name, x, y) => (y === undefined ? unary[name]!(x!) : binary[name]!(x!, y)),
};

const largest = 2_000;
const operators: Readonly<Record<string, readonly [sign: string, name: string]>> = {
  neg: ["-", "unaryMinus"],
  add: ["+", "add"],
  sub: ["-", "subtract"],
  mul: ["*", "multiply"],
  div: ["/", "divide"],
  pow: ["^", "pow"],
};
/** What is the identity on an array of one element. */
const identities = new Set(["reshape", "broadcastTo", "permute", "sum", "max", "cumsum", "astype"]);

function nodeOf(name: string, inputs: readonly MathNode[]): MathNode | null {
  if (operators[name]) return operator(...operators[name], ...inputs);
  if (identities.has(name)) return inputs[0]!;
  if (name === "maximum") return call("max", ...inputs);
  return meanings.has(name) ? call(name, ...inputs) : null;
}

/** One expression an output, in variables x0, x1, …; null when the graph is not covered. */
export function expressionsOf(graph: Graph): MathNode[] | null {
  const isScalar = ({ shape, dtype }: Atom) =>
    shape.every((length) => length === 1) && (dtype === "f64" || dtype === "f32");
  const parts = [graph, ...graph.equations].flatMap(({ inputs, outputs }) => [inputs, outputs]);
  if (!parts.flat().every(isScalar)) return null;
  const values = new Map<Atom, { node: MathNode; size: number }>();
  const read = (atom: Atom) =>
    atom instanceof Tensor ? { node: constant(atom.item()), size: 1 } : values.get(atom)!;
  graph.inputs.forEach((x, i) => values.set(x, { node: symbol(`x${i}`), size: 1 }));
  for (const { primitive, inputs, outputs } of graph.equations) {
    const given = inputs.map(read);
    const nodes = given.map((x) => x.node);
    const node = nodeOf(primitive.name, nodes);
    const size = given.reduce((total, x) => total + x.size, 1);
    if (!node || size > largest) return null;
    values.set(outputs[0]!, { node, size });
  }
  return graph.outputs.map((y) => read(y).node);
}

/**
 * The Jacobian of a graph of scalars by symbolic differentiation, one row an output; null when it is not
 * covered. Entries are NaN where the expression has no value, as x^y has at x = 0.
 */
export function symbolicJacobian(graph: Graph): ((point: ArrayLike<number>) => Big[][]) | null {
  const expressions = graph.inputs.length <= 16 ? expressionsOf(graph) : null;
  const rows = expressions?.map((y) => graph.inputs.map((_, i) => derivativeOf(y, `x${i}`)));
  if (!rows) return null;
  return (point) => {
    const scope = new Map(Array.from(point, (xi, i) => [`x${i}`, exact(xi)] as const));
    return rows.map((row) => row.map((entry) => interpret(entry, bigAlgebra, scope)));
  };
}
