// The elementwise part of a compiled step alone: the same graph with every product given.
//
//   step            x ↦ y,  with products p = P(o), their operands o on the way
//   without them    (x, p) ↦ (y, o)
//
// Operands are results, so that they are still computed and stored. Its time is the sum over its kernels:
// copying p in and o out, which the step does not do, is left out. Called for the roofline.
import {
  type Atom,
  evaluate,
  type Graph,
  type Tensor,
  type Tree,
  trace,
  tree,
  Var,
} from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { optimise } from "@cotangent/graph-passes";
import type { Peer } from "../peer.ts";
import { numbersOf, programOf } from "./cotangent.ts";

/** What only lays numbers out differently: a product reads through it by strides. */
const layouts = new Set(["permute", "reshape", "broadcastTo"]);

export async function openPeer(): Promise<Peer> {
  return {
    name: "Cotangent compiled, the elementwise part alone",
    prepare(task, arrays) {
      const { f, args } = programOf(task, arrays);
      const traced = optimise(trace(f)(...args));
      const given = tree.flatten(args).leaves;
      const products = evaluate(withOutputs(traced, productsOf(traced)), given) as Tensor[];
      const rest = withoutProducts(traced);
      const step = compile((...leaves: Tensor[]) => evaluate(rest, leaves) as Tensor[], {
        dtype: "f32",
      });
      let results: Tensor[] = [];
      return {
        run() {
          results = step(...given, ...products);
        },
        read() {
          const own = results.slice(0, traced.outputs.length);
          return numbersOf(tree.unflatten(traced.outTree, own) as Tree);
        },
        time(repetitions) {
          const { kernels } = step.stats({ measure: repetitions });
          const once = kernels.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0);
          return once * repetitions;
        },
      };
    },
  };
}

/** Floating-point operations of a step's products: 2 m n k each. */
export function productFlops(graph: Graph): number {
  return optimise(graph)
    .equations.filter(isProduct)
    .map(({ inputs, outputs }) => 2 * size(outputs[0]!) * (inputs[0]!.shape.at(-1) ?? 1))
    .reduce((sum, flops) => sum + flops, 0);
}

const size = ({ shape }: Atom): number => shape.reduce((product, length) => product * length, 1);
const isProduct = ({ primitive }: Graph["equations"][number]): boolean =>
  primitive.name === "matmul";
const productsOf = (graph: Graph): Var[] =>
  graph.equations.filter(isProduct).flatMap(({ outputs }) => outputs);

function withoutProducts(graph: Graph): Graph {
  const products = productsOf(graph);
  const equations = graph.equations.filter((equation) => !isProduct(equation));
  const definitions = new Map(equations.flatMap((e) => e.outputs.map((output) => [output, e])));
  const source = (atom: Atom): Atom => {
    const definition = atom instanceof Var ? definitions.get(atom) : undefined;
    return definition && layouts.has(definition.primitive.name)
      ? source(definition.inputs[0]!)
      : atom;
  };
  const operands = graph.equations.filter(isProduct).flatMap(({ inputs }) => inputs.map(source));
  const computed = operands.filter((atom) => atom instanceof Var && definitions.has(atom));
  const outputs = [...graph.outputs, ...new Set(computed)];
  return withOutputs({ ...graph, inputs: [...graph.inputs, ...products], equations }, outputs);
}

/** The graph as a function of a flat list, with these results. */
function withOutputs(graph: Graph, outputs: readonly Atom[]): Graph {
  const inTree = graph.inputs.map(() => null);
  return { ...graph, names: [], outputs, inTree, outTree: outputs.map(() => null) };
}
