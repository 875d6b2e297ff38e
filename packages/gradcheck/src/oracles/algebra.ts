// What the functions of an expression mean, whatever the numbers are: BigNumbers, or the engine's tensors.
//
//   interpret(node, algebra, scope) : number
//
// mathjs parses and differentiates; nothing is ever evaluated by it, so that an expression can do no more
// than what is listed here.
import type { ConstantNode, FunctionNode, MathNode, OperatorNode, SymbolNode } from "mathjs";

/** Numbers of one kind: the engine's primitives by name, and its constants. */
export interface Algebra<T> {
  constant(value: number): T;
  apply(primitive: string, ...x: T[]): T;
}
type Meaning = <T>(a: Algebra<T>, ...x: T[]) => T;

const fold =
  (primitive: string): Meaning =>
  (a, ...x) =>
    x.reduce((left, right) => a.apply(primitive, left, right));
const named =
  (primitive: string): Meaning =>
  (a, ...x) =>
    a.apply(primitive, ...x);
const reciprocal =
  (primitive: string): Meaning =>
  (a, ...x) =>
    a.apply("div", a.constant(1), a.apply(primitive, ...x));
const perLogarithm =
  (base: number): Meaning =>
  (a, x) =>
    a.apply("div", a.apply("log", x!), a.apply("log", a.constant(base)));

const same = [
  "abs",
  "sign",
  "floor",
  "ceil",
  "round",
  "sqrt",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
];
const more = ["cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "sech2", "sigmoid"];

/** How many arguments a function takes at least and at most, and what it means. */
export const meanings: ReadonlyMap<string, readonly [number, number, Meaning]> = new Map([
  ...[...same, ...more, "softplus", "erf", "erfc"].map(
    (name) => [name, [1, 1, named(name)]] as const,
  ),
  ...(["atan2", "mod", "pow"] as const).map((name) => [name, [2, 2, named(name)]] as const),
  ["add", [2, 99, fold("add")]],
  ["subtract", [2, 2, named("sub")]],
  ["multiply", [2, 99, fold("mul")]],
  ["divide", [2, 2, named("div")]],
  ["unaryMinus", [1, 1, named("neg")]],
  ["unaryPlus", [1, 1, (_a, x) => x!]],
  ["square", [1, 1, (a, x) => a.apply("mul", x!, x!)]],
  ["cube", [1, 1, (a, x) => a.apply("mul", x!, a.apply("mul", x!, x!))]],
  ["log2", [1, 1, perLogarithm(2)]],
  ["log10", [1, 1, perLogarithm(10)]],
  ["sum", [1, 20, fold("add")]],
  ["max", [1, 20, fold("maximum")]],
  [
    "min",
    [
      1,
      20,
      (a, ...x) =>
        a.apply(
          "neg",
          x.map((xi) => a.apply("neg", xi)).reduce((l, r) => a.apply("maximum", l, r)),
        ),
    ],
  ],
  ["sec", [1, 1, reciprocal("cos")]],
  ["csc", [1, 1, reciprocal("sin")]],
  ["cot", [1, 1, reciprocal("tan")]],
  ["sech", [1, 1, reciprocal("cosh")]],
  ["csch", [1, 1, reciprocal("sinh")]],
  ["coth", [1, 1, reciprocal("tanh")]],
] as readonly (readonly [string, readonly [number, number, Meaning]])[]);

export const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["tau", 2 * Math.PI],
  ["e", Math.E],
]);

/** The name of the function that a node applies, or undefined. */
export function functionOf(node: MathNode): string | undefined {
  if (node.type === "OperatorNode") return (node as OperatorNode).fn;
  if (node.type === "FunctionNode") return (node as FunctionNode).fn.name;
  return undefined;
}
export const argumentsOf = (node: MathNode): MathNode[] =>
  (node as OperatorNode).args ?? ("content" in node ? [node.content as MathNode] : []);

/** The value of an expression whose functions have meanings. */
export function interpret<T>(node: MathNode, a: Algebra<T>, scope: ReadonlyMap<string, T>): T {
  if (node.type === "ConstantNode") return a.constant((node as ConstantNode).value as number);
  if (node.type === "SymbolNode") {
    const { name } = node as SymbolNode;
    return scope.get(name) ?? a.constant(constants.get(name)!);
  }
  const x = argumentsOf(node).map((argument) => interpret(argument, a, scope));
  if (node.type === "ParenthesisNode") return x[0]!;
  return meanings.get(functionOf(node)!)![2](a, ...x);
}
