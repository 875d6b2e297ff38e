// fromExpression turns a formula in mathjs' notation into a function of the engine, with its symbolic
// derivative beside it.
//
//   "x^2 * sin(y)" → f(x, y),  ∇f = (2x sin y, x² cos y)
//
// The text may come from a stranger: it is only parsed. Its tree may hold numbers, variables, arithmetic
// and the functions of algebra.ts, within bounds of size and depth; all else is refused by name.

import type { Tensor, TensorLike } from "@cotangent/autodiff/functions";
import * as engine from "@cotangent/autodiff/functions";
import type { ConstantNode, FunctionNode, MathNode } from "mathjs";
import { misuse } from "./errors.ts";
import { type Algebra, argumentsOf, functionOf, interpret, meanings } from "./oracles/algebra.ts";
import { derivativeOf, parse, variablesOf } from "./oracles/symbolic.ts";

const bounds = { characters: 1_000, nodes: 300, depth: 100 };

/** A formula as a function of its variables, in the order in which they appear. */
export interface Expression {
  readonly text: string;
  readonly variables: readonly string[];
  /** f(...variables): a function of the engine, elementwise over arrays that broadcast. */
  f(...x: TensorLike[]): Tensor;
  /** The symbolic ∂f/∂x of each variable, evaluated by the engine's operations. */
  gradient(...x: TensorLike[]): Tensor[];
  /** The same as text. */
  readonly derivatives: readonly string[];
}

const refuse = (text: string, what: string, remedy: string): never => {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw misuse`fromExpression: ${what} in "${shown}"; ${remedy}`;
};

const isConstant = (node: MathNode): node is ConstantNode => node.type === "ConstantNode";
/** A call of a name, not of a method or of the result of another call. */
const isCall = (node: MathNode) =>
  node.type === "OperatorNode" || (node as FunctionNode).fn?.type === "SymbolNode";

/** How many nodes the tree has; throws for whatever is not arithmetic. */
function count(text: string, node: MathNode, depth = 1): number {
  if (depth > bounds.depth)
    refuse(text, `got more than ${bounds.depth} levels`, "expected a flatter formula");
  if (isConstant(node) && !Number.isFinite(node.value))
    refuse(text, `got the constant ${node}`, "expected finite numbers");
  const [name, x] = [functionOf(node), argumentsOf(node)];
  if (name !== undefined) {
    const meaning = isCall(node) ? meanings.get(name) : undefined;
    if (!meaning)
      return refuse(
        text,
        `got ${name || node}`,
        `expected + − * / ^ and ${[...meanings.keys()].join(", ")}`,
      );
    const [least, most] = meaning;
    if (x.length < least || x.length > most)
      refuse(text, `got ${x.length} argument(s) of ${name}`, `expected ${least} to ${most}`);
  } else if (!["ConstantNode", "SymbolNode", "ParenthesisNode"].includes(node.type))
    refuse(
      text,
      `got ${node.type.replace("Node", "")} syntax`,
      "expected numbers, variables, + − * / ^ and calls of functions; nothing can be assigned, defined, indexed or imported",
    );
  return x.reduce((total, argument) => total + count(text, argument, depth + 1), 1);
}

function parseSafely(text: string): MathNode {
  if (typeof text !== "string" || text.trim() === "")
    return refuse(String(text), "got no formula", 'expected text such as "x^2 * sin(y)"');
  if (text.length > bounds.characters)
    refuse(text, `got ${text.length} characters`, `expected at most ${bounds.characters}`);
  let node: MathNode;
  try {
    node = parse(text);
  } catch (error) {
    const what =
      error instanceof RangeError ? "got too deep a nesting" : `got ${(error as Error).message}`;
    return refuse(text, what, "expected mathjs' notation for numbers and functions");
  }
  const nodes = count(text, node);
  if (nodes > bounds.nodes) refuse(text, `got ${nodes} parts`, `expected at most ${bounds.nodes}`);
  return node;
}

const operations = engine as unknown as Readonly<Record<string, (...x: TensorLike[]) => Tensor>>;
const tensors: Algebra<TensorLike> = {
  constant: (value) => value,
  apply: (name, ...x) => operations[name]!(...x),
};

/**
 * The function that a formula describes, with its symbolic derivative.
 *
 * Throws, naming what it found, for text that is not a formula of at most 1,000 characters.
 */
export function fromExpression(text: string): Expression {
  const node = parseSafely(text);
  const variables = variablesOf(node);
  const slopes = variables.map((name) => derivativeOf(node, name));
  const scopeOf = (x: readonly TensorLike[]) => {
    if (x.length !== variables.length)
      throw misuse`fromExpression: "${text}" got ${x.length} argument(s), expected ${variables.length}: (${variables.join(", ")})`;
    return new Map(variables.map((name, i) => [name, x[i]!]));
  };
  const tensorOf = (y: TensorLike) => (y instanceof engine.Tensor ? y : engine.tensor(y));
  return {
    text,
    variables,
    f: (...x) => tensorOf(interpret(node, tensors, scopeOf(x))),
    gradient: (...x) => slopes.map((slope) => tensorOf(interpret(slope, tensors, scopeOf(x)))),
    derivatives: slopes.map(String),
  };
}
