// Symbolic derivatives: mathjs' `derivative`, and the chain rule for the functions that it does not know.
//
//   d f(x, g(x))/dx = ∂f/∂x + ∂f/∂s|_{s = g(x)} · g′(x)
//
// Calls of log1p, expm1, log2, erf, atan2, min, max and their like are replaced by fresh symbols s; mathjs
// differentiates the rest, and each one's own rule, a line of mathematics below, gives g′.

import type { MathJsInstance, MathNode } from "mathjs";
import { load } from "#mathjs";
import { argumentsOf, constants, functionOf } from "./algebra.ts";

let loaded: MathJsInstance | undefined;
/** mathjs' parser and derivative alone, loaded when they are first needed. */
function mathjs(): MathJsInstance {
  if (loaded) return loaded;
  const { create, parseDependencies, derivativeDependencies } = load();
  loaded = create({ parse: parseDependencies!, derivative: derivativeDependencies! });
  return loaded;
}

/** The expression's syntax tree. Throws mathjs' own SyntaxError. */
export const parse = (text: string): MathNode => mathjs().parse(text);

const steps = ["0"];
/** ∂/∂u and ∂/∂v of the functions that mathjs' derivative lacks, or has without care for 0 and ties. */
const rules: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    log1p: ["1/(1+u)"],
    expm1: ["exp(u)"],
    log2: ["1/(u*log(2))"],
    log10: ["1/(u*log(10))"],
    erf: ["2/sqrt(acos(-1))*exp(-u^2)"],
    erfc: ["-2/sqrt(acos(-1))*exp(-u^2)"],
    tanh: ["sech2(u)"],
    sech2: ["-2*tanh(u)*sech2(u)"],
    sigmoid: ["sech2(u/2)/4"],
    softplus: ["sigmoid(u)"],
    square: ["2*u"],
    cube: ["3*u^2"],
    abs: ["sign(u)"],
    sign: steps,
    floor: steps,
    ceil: steps,
    round: steps,
    atan2: ["v/(u^2+v^2)", "-u/(u^2+v^2)"],
    mod: ["1", "-floor(u/v)"],
    max: ["(1+sign(u-v))/2", "(1-sign(u-v))/2"],
    min: ["(1-sign(u-v))/2", "(1+sign(u-v))/2"],
    sum: ["1", "1"],
  }),
);

export const operator = (sign: string, name: string, ...x: MathNode[]): MathNode =>
  new (mathjs().OperatorNode)(sign as "+", name as "add", x);
export const call = (name: string, ...x: MathNode[]): MathNode =>
  new (mathjs().FunctionNode)(name, x);
export const constant = (value: number): MathNode => new (mathjs().ConstantNode)(value);
export const symbol = (name: string): MathNode => new (mathjs().SymbolNode)(name);

const substitute = (node: MathNode, values: Readonly<Record<string, MathNode>>): MathNode =>
  node.transform((part) => (part.type === "SymbolNode" && values[part.toString()]) || part);

const isNumber = (node: MathNode, value: number) =>
  node.type === "ConstantNode" && (node as unknown as { value: unknown }).value === value;

/** Without factors 1, terms 0 and differences of whole numbers, which differentiation leaves behind. */
function tidy(given: MathNode): MathNode {
  const node = given.map(tidy);
  if (node.type === "ParenthesisNode") return argumentsOf(node)[0]!;
  const [name, [a, b]] = [functionOf(node), argumentsOf(node)];
  if (!a || !b) return name === "unaryMinus" && isNumber(a!, 0) ? constant(0) : node;
  const [left, right] = [a, b].map((x) =>
    x.type === "ConstantNode" ? Number(x.toString()) : null,
  );
  if (name === "multiply" && (left === 0 || right === 0)) return constant(0);
  if (name === "divide" && left === 0) return constant(0);
  if ((name === "multiply" || name === "divide" || name === "pow") && right === 1) return a;
  if ((name === "add" || name === "subtract") && right === 0) return a;
  if (name === "multiply" && left === 1) return b;
  if (name === "add" && left === 0) return b;
  if (name === "subtract" && Number.isInteger(left) && Number.isInteger(right))
    return constant(left! - right!);
  return name === "pow" && right === 0 ? constant(1) : node;
}

/** n arguments of max, min and sum, two at a time. */
function inPairs(node: MathNode): MathNode {
  return node.transform((part) => {
    const [name, x] = [functionOf(part), argumentsOf(part)];
    if (!name || !["max", "min", "sum"].includes(name)) return part;
    return x.map(inPairs).reduce((left, right) => call(name, left, right));
  });
}

/** A symbol that no parsed expression can contain. */
const stand = (k: number) => symbol(`call ${k}`);

function differentiate(node: MathNode, variable: string): MathNode {
  if (!variablesOf(node).includes(variable)) return constant(0);
  const calls: MathNode[] = [];
  const plain = node.transform((part) => {
    if (!rules.has(functionOf(part) ?? "")) return part;
    calls.push(part);
    return stand(calls.length - 1);
  });
  const slope = (by: MathNode) => mathjs().derivative(plain, by, { simplify: false });
  const terms = calls.map((part, k) => {
    const args = argumentsOf(part);
    const [u, v] = args as [MathNode, MathNode];
    const inner = args.map((argument, i) => {
      const rule = substitute(parse(rules.get(functionOf(part)!)![i]!), { u, v: v ?? u });
      return operator("*", "multiply", rule, differentiate(argument, variable));
    });
    const sum = inner.reduce((a, b) => operator("+", "add", a, b));
    return operator("*", "multiply", slope(stand(k)), sum);
  });
  const total = terms.reduce((a, b) => operator("+", "add", a, b), slope(symbol(variable)));
  const names = calls.map((part, k) => [stand(k).toString(), part] as const);
  return tidy(substitute(total, Object.fromEntries(names)));
}

/** ∂node/∂variable; throws where an expression has a function without a known derivative. */
export const derivativeOf = (node: MathNode, variable: string): MathNode =>
  differentiate(inPairs(node), variable);

/** The variables of an expression, in the order in which they appear. */
export function variablesOf(node: MathNode): string[] {
  const names = new Set<string>();
  node.traverse((part, path) => {
    if (part.type === "SymbolNode" && path !== "fn" && !constants.has(part.toString()))
      names.add(part.toString());
  });
  return [...names];
}
