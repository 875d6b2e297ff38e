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

const named =
  (primitive: string): Meaning =>
  (a, ...x) =>
    a.apply(primitive, ...x);
const reciprocal =
  (primitive: string): Meaning =>
  (a, x) =>
    a.apply("div", a.constant(1), a.apply(primitive, x!));
const logarithm =
  (base: number): Meaning =>
  (a, x) =>
    a.apply("div", a.apply("log", x!), a.apply("log", a.constant(base)));
const power =
  (n: number): Meaning =>
  (a, x) =>
    n === 1 ? x! : a.apply("mul", x!, power(n - 1)(a, x!));
const fold =
  (meaning: Meaning): Meaning =>
  (a, ...x) =>
    x.reduce((left, right) => meaning(a, left, right));
const minimum: Meaning = (a, x, y) =>
  a.apply("neg", a.apply("maximum", a.apply("neg", x!), a.apply("neg", y!)));

const ofOne =
  "abs sign floor ceil round sqrt exp expm1 log log1p sin cos tan asin acos atan sinh cosh tanh sech2 sigmoid softplus erf erfc";
const inverses = { sec: "cos", csc: "sin", cot: "tan", sech: "cosh", csch: "sinh", coth: "tanh" };
const ones: Readonly<Record<string, Meaning>> = {
  ...Object.fromEntries(ofOne.split(" ").map((name) => [name, named(name)])),
  ...Object.fromEntries(Object.entries(inverses).map(([name, of]) => [name, reciprocal(of)])),
  unaryMinus: named("neg"),
  unaryPlus: power(1),
  square: power(2),
  cube: power(3),
  log2: logarithm(2),
  log10: logarithm(10),
};
const twos: Readonly<Record<string, Meaning>> = {
  ...{ atan2: named("atan2"), mod: named("mod"), pow: named("pow") },
  ...{ subtract: named("sub"), divide: named("div"), add: named("add"), multiply: named("mul") },
};
const several: Readonly<Record<string, Meaning>> = {
  sum: fold(named("add")),
  max: fold(named("maximum")),
  min: fold(minimum),
};

type Taking = readonly [least: number, most: number, Meaning];
const taking = (least: number, most: number, table: Readonly<Record<string, Meaning>>) =>
  Object.entries(table).map(([name, meaning]): [string, Taking] => [name, [least, most, meaning]]);

/** How many arguments a function takes at least and at most, and what it means. */
export const meanings: ReadonlyMap<string, Taking> = new Map([
  ...taking(1, 1, ones),
  ...taking(2, 2, twos),
  ...taking(1, 20, several),
]);

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
