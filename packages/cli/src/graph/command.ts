/** `cotangent graph`: prints a function's graph and the graphs of its derivatives. */

import { print, type Tensor, toDot, toJSON, trace } from "@cotangent/autodiff";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { failed, misused, sentenceOf } from "../failure.ts";
import { subsetOf } from "../option-values.ts";
import { jsonOption } from "../shared-options.ts";
import { type GraphName, graphNames, graphOf, usualNames } from "./derivatives.ts";
import { loadExport } from "./load-export.ts";
import { parseShapes } from "./shapes.ts";

interface Options {
  readonly shapes: Tensor[];
  readonly of?: readonly GraphName[];
  readonly dot?: boolean;
  readonly json?: boolean;
}

const help = `
Loads FILE (JavaScript or TypeScript), which runs its code, and traces its export for arguments of
the given shapes: dtype[sizes] with commas, as in f64[3,2]; f64[] is a number, {w:f64[3],b:f64[]} a
tree. Prints the function, its JVP, and its gradient if it returns one number, else its VJP.

Example:
  $ cotangent graph model.ts#loss --shapes "f64[3],f64[3,2]"
`;

/** Adds the command to the program. */
export function addGraph(program: Command, context: Context): void {
  program
    .command("graph")
    .description("print the graph of a function and of its derivatives")
    .argument("<file#export>", "a file, and the name of the function it exports")
    .addOption(
      new Option("--shapes <specs>", "shapes and dtypes of the arguments")
        .argParser(parseShapes)
        .makeOptionMandatory(),
    )
    .option("--of <names>", `which graphs: ${graphNames.join(", ")}`, subsetOf(graphNames))
    .option("--dot", "print drawings for Graphviz")
    .addOption(jsonOption().conflicts("dot"))
    .addHelpText("after", help)
    .action((reference: string, options: Options) => runGraph(reference, options, context));
}

async function runGraph(reference: string, options: Options, { io }: Context): Promise<void> {
  const { shapes, dot, json } = options;
  const f = await loadExport(reference);
  if (f.length > shapes.length) {
    throw misused(
      `--shapes: ${reference} takes ${f.length} arguments, got ${shapes.length} shapes`,
    );
  }
  const graphs = tracedBy(reference, () => {
    const graph = trace(f)(...shapes);
    return (options.of ?? usualNames(graph)).map(
      (name) => [name, graphOf(name, f, shapes, graph)] as const,
    );
  });
  if (json) {
    const records = graphs.map(([name, of]) => [name, toJSON(of)] as const);
    io.out(JSON.stringify(Object.fromEntries(records)));
    return;
  }
  io.out(graphs.map(([name, of]) => (dot ? toDot(of) : `# ${name}\n${print(of)}`)).join("\n\n"));
}

/** What `act` gives; an error of the user's function is told with its name. */
function tracedBy<T>(reference: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if ("exitCode" in (error as Error)) throw error;
    throw failed(`${reference}: cannot be traced for these shapes: ${sentenceOf(error)}`, error);
  }
}
