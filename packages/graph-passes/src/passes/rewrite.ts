// Rewriting a graph equation by equation, from the first to the last.
//
//   rule(equation, at) = atoms that stand for its outputs, or null: it stays as it is
//
// A rule sees inputs that are rewritten already. The equations that it makes are rewritten by the same rule,
// so a rule must make what it replaces simpler.
import {
  type Atom,
  type DType,
  type Equation,
  type Graph,
  type Params,
  Tensor,
  tensor,
  Var,
} from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";

export { constantValue } from "../constant-value.ts";

export interface Rewriter {
  /** Appends an equation of the engine's primitive `name`; gives its first output. */
  apply(name: string, inputs: readonly Atom[], params?: object): Atom;
  /** The equation that defines an atom, if its primitive is `name`. */
  madeBy(atom: Atom, name: string): Equation | undefined;
  /** A number for each atom, in the order in which they were first seen. */
  order(atom: Atom): number;
}
export type Rule = (equation: Equation, at: Rewriter) => readonly Atom[] | null;

export function rewrite(graph: Graph, rule: Rule): Graph {
  const replaced = new Map<Atom, Atom>();
  const definitions = new Map<Atom, Equation>();
  const orders = new Map<Atom, number>(graph.inputs.map((input, i) => [input, i]));
  const equations: Equation[] = [];
  const append = (equation: Equation): readonly Atom[] => {
    const atoms = rule(equation, at);
    if (atoms) return atoms;
    equations.push(equation);
    for (const output of equation.outputs) {
      definitions.set(output, equation);
      at.order(output);
    }
    return equation.outputs;
  };
  const at: Rewriter = {
    apply(name, inputs, given = {}) {
      const primitive = registry.get(name)!;
      const params = given as Params;
      const outputs = primitive
        .shape(inputs, params)
        .map(({ shape, dtype }) => new Var(shape, dtype));
      return append({ primitive, inputs, params, outputs })[0]!;
    },
    madeBy(atom, name) {
      const equation = definitions.get(atom);
      return equation?.primitive.name === name ? equation : undefined;
    },
    order(atom) {
      const known = orders.get(atom) ?? orders.size;
      orders.set(atom, known);
      return known;
    },
  };
  const resolve = (atom: Atom): Atom => replaced.get(atom) ?? atom;
  for (const equation of graph.equations)
    append({ ...equation, inputs: equation.inputs.map(resolve) }).forEach((atom, i) =>
      replaced.set(equation.outputs[i]!, atom),
    );
  return { ...graph, equations, outputs: graph.outputs.map(resolve) };
}

/** A tensor with a value now; a tracer has none. */
export const isConstant = (atom: unknown): atom is Tensor =>
  atom instanceof Tensor && !atom.interpreter;

export const isFloat = (dtype: DType): boolean => dtype === "f64" || dtype === "f32";
export const scalar = (value: number, dtype: DType): Tensor => tensor(value, { dtype });

/** Powers of two whose reciprocals are normal numbers in f32 too. */
export function isPowerOfTwo(value: number): boolean {
  const exponent = Math.log2(Math.abs(value));
  return (
    Number.isInteger(exponent) && Math.abs(exponent) <= 100 && 2 ** exponent === Math.abs(value)
  );
}

/** `rules` in turn: the first that applies. */
export const firstOf =
  (rules: Readonly<Record<string, readonly Rule[]>>): Rule =>
  (equation, at) => {
    for (const rule of rules[equation.primitive.name] ?? []) {
      const atoms = rule(equation, at);
      if (atoms) return atoms;
    }
    return null;
  };
