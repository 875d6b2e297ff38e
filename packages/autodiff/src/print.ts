// Graphs as text, and as a drawing for Graphviz.
//
//   { x:f64[3], w:f64[3,2] .
//     let a:f64[2] = matmul x w
//         b:f64[2] = tanh a
//     in b }
//
// Names depend on the order of definition alone, so the same program always prints the same.
import type { CallParams } from "./call.ts";
import { formatSpec } from "./errors.ts";
import { type Atom, constantsOf, type Equation, type Graph } from "./graph.ts";
import { Tensor } from "./tensor.ts";

/** a … z, aa, ab, … */
const letters = (n: number): string =>
  (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(97 + (n % 26));

const isLiteral = (atom: Atom): atom is Tensor =>
  atom instanceof Tensor && !atom.interpreter && atom.shape.length === 0;
const constants = (graph: Graph) => constantsOf(graph).filter((x) => !isLiteral(x));

/** A name for each atom: the traced function's own for inputs, letters for the rest, values for scalars. */
function namesOf(graph: Graph): (atom: Atom) => string {
  const names = new Map<Atom, string>();
  const taken = new Set(graph.names);
  graph.inputs.forEach((input, i) => {
    const name = graph.names[i];
    if (name && graph.names.indexOf(name) === i) names.set(input, name);
  });
  let next = 0;
  const outputs = graph.equations.flatMap((equation) => equation.outputs);
  for (const atom of [...graph.inputs, ...constants(graph), ...outputs]) {
    while (taken.has(letters(next))) next++;
    if (!names.has(atom)) names.set(atom, letters(next++));
  }
  return (atom) => names.get(atom) ?? String((atom as Tensor).toArray());
}

/** The primitive with its parameters in brackets: numbers, strings and lists. */
function heading({ primitive, params }: Equation): string {
  const text = Object.entries(params).flatMap(([key, value]) =>
    ["object", "function"].includes(typeof value) && !Array.isArray(value)
      ? []
      : [`${key}=${typeof value === "string" ? value : JSON.stringify(value)}`],
  );
  return primitive.name + (text.length ? `[${text.join(" ")}]` : "");
}

/** The graph as text. A call is followed by the graph that it runs, indented. */
export function print(graph: Graph): string {
  const name = namesOf(graph);
  const typed = (atom: Atom) => `${name(atom)}:${formatSpec(atom)}`;
  const list = (atoms: readonly Atom[]) => atoms.map(typed).join(", ");
  const shared = constants(graph);
  const lines = graph.equations.map((equation) => {
    const { forward, backward } = equation.params as Partial<CallParams>;
    const body =
      backward === null ? `\n${print(forward!.graph())}`.replace(/\n/g, "\n        ") : "";
    const call = [heading(equation), ...equation.inputs.map(name)].join(" ");
    return `${equation.outputs.map(typed).join(" ")} = ${call}${body}`;
  });
  const lets = lines.length ? `  let ${lines.join("\n      ")}\n` : "";
  const results = graph.outputs.map(name).join(", ");
  const head = `{ ${list(graph.inputs)}${shared.length ? ` ; ${list(shared)}` : ""} .`;
  return `${head}\n${lets}  in ${graph.outTree === null ? results : `(${results})`} }`;
}

/** The graph in Graphviz's DOT language. */
export function toDot(graph: Graph): string {
  const name = namesOf(graph);
  const from = new Map<Atom, string>();
  const lines: string[] = [];
  const node = (id: string, label: string, shape: string, inputs: readonly Atom[]) => {
    lines.push(`  ${JSON.stringify(id)} [label=${JSON.stringify(label)}, shape=${shape}];`);
    for (const atom of inputs)
      lines.push(`  ${JSON.stringify(from.get(atom) ?? name(atom))} -> ${JSON.stringify(id)};`);
  };
  for (const x of graph.inputs) node(name(x), `${name(x)}:${formatSpec(x)}`, "ellipse", []);
  graph.equations.forEach((equation, position) => {
    const { inputs, outputs } = equation;
    const results = outputs.map((y) => `${name(y)}:${formatSpec(y)}`);
    for (const y of outputs) from.set(y, `equation ${position}`);
    node(`equation ${position}`, [heading(equation), ...results].join("\n"), "box", inputs);
  });
  graph.outputs.forEach((y, i) => node(`output ${i}`, `output ${name(y)}`, "ellipse", [y]));
  return `digraph {\n${lines.join("\n")}\n}`;
}
