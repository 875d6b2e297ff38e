// From a graph to nodes, in order.
//
// Calls that are left in the graph recompute on purpose (checkpoint): each is spelt out in a region of its
// own, which the grouping does not move to where its inputs are made.
import { type Atom, type Equation, type Graph, type Spec, Tensor } from "@cotangent/autodiff";
import { constantValue } from "../constant-value.ts";
import type { Layout } from "./access.ts";
import { concatLayouts, type LayoutParams, partLayout, viewLayouts } from "./layouts.ts";
import { matmulShapes } from "./matmul-shapes.ts";
import type { Matmul, Node, Opaque, Part, Reduce, Scalar, Source, View, Zero } from "./node.ts";
import { scalarOps } from "./scalar-ops.ts";
import { sizeOf } from "./shapes.ts";

type Own<T extends Node> = Omit<T, "shape" | "dtype" | "inputs" | "region" | "position">;

export class Nodes {
  readonly nodes: Node[] = [];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Node[];
  readonly #constants = new Map<Tensor, Source>();
  #region = 0;
  #regions = 0;

  /** Throws for a constant that belongs to a running transformation. */
  constructor(graph: Graph) {
    this.inputs = graph.inputs.map((input) => this.#source({ role: "input" }, input));
    this.outputs = this.#expand(graph, this.inputs);
  }

  #add<T extends Node>(own: Own<T>, { shape, dtype }: Spec, inputs: readonly Node[]): T {
    const common = { shape, dtype, inputs, region: this.#region, position: this.nodes.length };
    const node = { ...own, ...common } as unknown as T;
    this.nodes.push(node);
    return node;
  }

  #source = (own: Omit<Own<Source>, "kind" | "writers">, spec: Spec): Source =>
    this.#add<Source>({ kind: "source", writers: [], ...own }, spec, []);

  #constant(x: Tensor): Source {
    const known = this.#constants.get(x);
    if (known) return known;
    if (x.interpreter)
      throw new TypeError(
        `schedule: got a constant ${x.dtype}[${x.shape}] that belongs to a running ${x.interpreter.name}, expected a graph traced outside of other transformations`,
      );
    const value = constantValue(x);
    const uniform = value === undefined ? {} : { uniform: value };
    const node = this.#source({ role: "constant", data: x.data, ...uniform }, x);
    this.#constants.set(x, node);
    return node;
  }

  #expand(graph: Graph, args: readonly Node[]): readonly Node[] {
    const values = new Map<Atom, Node>(graph.inputs.map((input, i) => [input, args[i]!]));
    const read = (atom: Atom): Node =>
      atom instanceof Tensor ? this.#constant(atom) : values.get(atom)!;
    for (const equation of graph.equations) {
      const inputs = equation.inputs.map(read);
      const { forward } = equation.params as { forward?: { graph(): Graph } };
      const isCall = equation.primitive.name === "call" && forward;
      const results = isCall ? this.#call(forward.graph(), inputs) : this.#apply(equation, inputs);
      equation.outputs.forEach((output, i) => values.set(output, results[i]!));
    }
    return graph.outputs.map(read);
  }

  #call(graph: Graph, inputs: readonly Node[]): readonly Node[] {
    const outside = this.#region;
    this.#region = ++this.#regions;
    const results = this.#expand(graph, inputs);
    this.#region = outside;
    return results;
  }

  #apply(equation: Equation, inputs: readonly Node[]): readonly Node[] {
    const { name } = equation.primitive;
    const params = equation.params as unknown as LayoutParams;
    const [out] = equation.outputs as [Spec];
    const shapes = inputs.map(({ shape }) => shape);
    const layout = viewLayouts.get(name)?.(shapes[0]!, out.shape, params);
    if (layout) return [this.#add<View>({ kind: "view", layout }, out, inputs)];
    if (scalarOps.has(name)) return [this.#add<Scalar>({ kind: "scalar", op: name }, out, inputs)];
    if (name === "sum" || name === "max")
      return [this.#add<Reduce>({ kind: "reduce", fold: name, axes: params.axes }, out, inputs)];
    if (name === "matmul") {
      const product = matmulShapes(shapes[0]!, shapes[1]!);
      return [this.#add<Matmul>({ kind: "matmul", product }, out, inputs)];
    }
    if (name === "concat")
      return [this.#fill(out, inputs, concatLayouts(out.shape, shapes, params.axis), false)];
    if (name === "pad")
      return [this.#fill(out, inputs, [partLayout(out.shape, shapes[0]!, params)], true)];
    const results = equation.outputs.map((output) => this.#source({ role: "made" }, output));
    const opaque = this.#add<Opaque>({ kind: "opaque", equation, results }, out, inputs);
    for (const result of results) result.writers.push(opaque);
    return results;
  }

  /** A new array, each input written to its place in it. */
  #fill(out: Spec, inputs: readonly Node[], places: readonly Layout[], isPadded: boolean): Source {
    const target = this.#source({ role: "made" }, out);
    const zero = isPadded ? [this.#add<Zero>({ kind: "zero", target }, out, [])] : [];
    target.writers.push(...zero);
    inputs.forEach((input, i) => {
      const part = { kind: "part", target, layout: places[i]! } as const;
      if (sizeOf(input.shape) > 0)
        target.writers.push(this.#add<Part>(part, input, [input, ...zero]));
    });
    return target;
  }
}
