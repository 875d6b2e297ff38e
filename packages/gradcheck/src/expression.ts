// fromExpression turns a formula in mathjs' notation into a function of the engine, with its symbolic
// derivative beside it.
//
//   "x^2 * sin(y)" → f(x, y),  ∇f = (2x sin y, x² cos y)
//
// The text may come from a stranger: it is only parsed. Its tree may hold numbers, variables, arithmetic
// and the functions of algebra.ts, within bounds of size and depth; all else is refused by name.
import * as engine from "@cotangent/autodiff/functions";
import type { Tensor, TensorLike } from "@cotangent/autodiff/functions";
import type { MathNode } from "mathjs";
import { type Algebra, argumentsOf, constants, functionOf, interpret, meanings } from "./oracles/algebra.ts";
import { derivativeOf, parse, variablesOf } from "./oracles/symbolic.ts";

const bounds = { characters: 1_000, nodes: 300, depth: 40 };

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
  throw new TypeError(`fromExpression: ${what} in "${shown}"; ${remedy}`);
};

/** Throws for whatever is not arithmetic. */
function check(text: string, node: MathNode, depth = 1): number {
  if (depth > bounds.depth)
    refuse(text, `got more than ${bounds.depth} levels of nesting`, "expected a flatter formula");
  const name = functionOf(node);
  const x = argumentsOf(node);
  if (node.type === "ConstantNode") {
    if (!Number.isFinite((node as unknown as { value: unknown }).value))
      refuse(text, `got the constant ${node}`, "expected finite numbers");
  } else if (node.type === "OperatorNode" || node.type === "FunctionNode") {
    const meaning = meanings.get(name ?? "");
    if (!meaning || (node.type === "FunctionNode" && "fn" in node && !isNamed(node)))
      return refuse(text, `got ${node.type === "OperatorNode" ? "the operator" : "the function"} ${name}`, `expected + − * / ^ and ${[...meanings.keys()].join(", ")}`);
    const [least, most] = meaning;
    if (x.length < least || x.length > most)
      refuse(text, `got ${x.length} argument(s) of ${name}`, `expected ${least === most ? least : `${least} to ${most}`}`);
  } else if (node.type !== "SymbolNode" && node.type !== "ParenthesisNode")
    refuse(text, `got ${node.type.replace("Node", "").toLowerCase()} syntax`, "expected numbers, variables, + − * / ^ and calls of functions; nothing can be assigned, defined, indexed or imported");
  return x.reduce((count, argument) => count + check(text, argument, depth + 1), 1);
}

const isNamed = (node: MathNode) => (node as unknown as { fn: MathNode }).fn.type === "SymbolNode";

function parseSafely(text: string): MathNode {
  if (typeof text !== "string" || text.trim() === "")
    return refuse(String(text), "got no formula", 'expected text such as "x^2 * sin(y)"');
  if (text.length > bounds.characters)
    refuse(text, `got ${text.length} characters`, `expected at most ${bounds.characters}`);
  let node: MathNode;
  try {
    node = parse(text);
  } catch (error) {
    const what = error instanceof RangeError ? "got too deep a nesting" : `got ${(error as Error).message}`;
    return refuse(text, what, "expected mathjs' notation for numbers and functions");
  }
  const count = check(text, node);
  if (count > bounds.nodes)
    refuse(text, `got ${count} operations`, `expected at most ${bounds.nodes}`);
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
      throw new TypeError(
        `fromExpression: "${text}" got ${x.length} argument(s), expected ${variables.length}: (${variables.join(", ")})`,
      );
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
