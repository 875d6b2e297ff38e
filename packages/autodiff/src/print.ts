// Graphs as text, and as a drawing for Graphviz.
//
//   { x:f64[3], w:f64[3,2] .
//     let a:f64[2] = matmul x w
//         b:f64[2] = tanh a
//     in b }
//
// Names depend on the order of definition alone, so the same program always prints the same.
import { formatSpec } from "./array.ts";
import type { CallParams } from "./call.ts";
import { type Atom, constantsOf, type Equation, type Graph, Var } from "./graph.ts";
import { Tensor } from "./tensor.ts";

/** a … z, aa, ab, … */
function letters(n: number): string {
  const last = String.fromCharCode(97 + (n % 26));
  return n < 26 ? last : letters(Math.floor(n / 26) - 1) + last;
}

const isLiteral = (atom: Tensor) => atom.interpreter === null && atom.shape.length === 0;

/** A name for each atom: the traced function's own for inputs, letters for the rest, values for scalars. */
function namesOf(graph: Graph): (atom: Atom) => string {
  const names = new Map<Atom, string>();
  const taken = new Set<string>();
  let next = 0;
  const fresh = () => {
    let name = letters(next++);
    while (taken.has(name)) name = letters(next++);
    return name;
  };
  graph.inputs.forEach((input, i) => {
    const given = graph.names[i];
    if (given && !taken.has(given)) {
      taken.add(given);
      names.set(input, given);
    }
  });
  const atoms = [
    ...graph.inputs,
    ...constantsOf(graph),
    ...graph.equations.flatMap((equation) => equation.outputs),
  ];
  for (const atom of atoms)
    if (!names.has(atom) && !(atom instanceof Tensor && isLiteral(atom))) names.set(atom, fresh());
  return (atom) =>
    names.get(atom) ??
    String(
      (atom as Tensor).dtype === "bool" ? (atom as Tensor).data[0] === 1 : (atom as Tensor).data[0],
    );
}

/** Parameters in brackets: numbers, strings and lists. */
function formatParams({ params }: Equation): string {
  const shown = Object.entries(params).filter(
    ([, value]) =>
      typeof value !== "function" && (typeof value !== "object" || Array.isArray(value)),
  );
  const text = shown.map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return text.length === 0 ? "" : `[${text.join(" ")}]`;
}

/** The graph as text. Calls are followed by the graph they run, indented. */
export function print(graph: Graph): string {
  const name = namesOf(graph);
  const typed = (atom: Atom) => `${name(atom)}:${formatSpec(atom)}`;
  const constants = constantsOf(graph).filter((x) => !isLiteral(x));
  const head =
    graph.inputs.map(typed).join(", ") +
    (constants.length === 0 ? "" : ` ; ${constants.map(typed).join(", ")}`);
  const lines = graph.equations.map((equation) => {
    const { primitive, inputs, outputs, params } = equation;
    const call = [`${primitive.name}${formatParams(equation)}`, ...inputs.map(name)].join(" ");
    const callee = params as Partial<CallParams>;
    const inner = callee.backward === null ? callee.forward?.graph() : undefined;
    const body = inner === undefined ? "" : `\n${print(inner).replace(/^/gm, "        ")}`;
    return `${outputs.map(typed).join(" ")} = ${call}${body}`;
  });
  const results = graph.outputs.map(name);
  const result = graph.outTree === null ? results[0] : `(${results.join(", ")})`;
  const lets = lines.length === 0 ? "" : `  let ${lines.join("\n      ")}\n`;
  return `{ ${head} .\n${lets}  in ${result} }`;
}

/** The graph in Graphviz's DOT language. */
export function toDot(graph: Graph): string {
  const name = namesOf(graph);
  const quote = (text: string) => JSON.stringify(text);
  const node = (id: string, label: string, shape: string) =>
    `  ${quote(id)} [label=${quote(label)}, shape=${shape}];`;
  const lines = graph.inputs.map((x) => node(name(x), `${name(x)}:${formatSpec(x)}`, "ellipse"));
  graph.equations.forEach((equation, position) => {
    const id = `equation ${position}`;
    lines.push(
      node(
        id,
        `${equation.primitive.name}${formatParams(equation)}\n${equation.outputs.map((y) => `${name(y)}:${formatSpec(y)}`).join(" ")}`,
        "box",
      ),
    );
    for (const atom of equation.inputs) lines.push(`  ${quote(sourceOf(atom))} -> ${quote(id)};`);
  });
  graph.outputs.forEach((atom, i) => {
    lines.push(
      node(`output ${i}`, `output ${name(atom)}`, "ellipse"),
      `  ${quote(sourceOf(atom))} -> ${quote(`output ${i}`)};`,
    );
  });
  return `digraph {\n${lines.join("\n")}\n}`;

  function sourceOf(atom: Atom): string {
    const position =
      atom instanceof Var
        ? graph.equations.findIndex((equation) => equation.outputs.includes(atom))
        : -1;
    return position < 0 ? name(atom) : `equation ${position}`;
  }
}
