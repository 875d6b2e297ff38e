// The command line of `npm run bench:gpu`.
import { parseArgs } from "node:util";

export interface Options {
  /** Run only the columns and tasks whose name contains one of these; all when empty. */
  readonly names: readonly string[];
  readonly quick: boolean;
  /** The most seconds that one step may take to be measured. */
  readonly limit: number;
  readonly json: string | undefined;
  /** A file of an earlier --json: shown, and written, instead of measuring. */
  readonly from: string | undefined;
  readonly write: boolean;
}

export const usage = `npm run bench:gpu -- [options]
  --only WHAT       part of a task's name ("sliced", "[2,128,256]") or of an implementation's
                    ("webgpu in Node", "jax-js"); may be given again: tasks and implementations
                    that match one of theirs, all where none is named
  --quick           without the two largest sizes, and fewer rounds
  --limit SECONDS   leave out what takes longer a step (default 4)
  --json FILE       write the results there
  --from FILE       measure nothing: show what an earlier --json holds
  --write           put the tables into docs/benchmarks.md`;

/** Throws on an option that it does not know, and on a limit that is no number of seconds. */
export function parseOptions(given: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      limit: { type: "string", default: "4" },
      json: { type: "string" },
      from: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const limit = Number(values.limit);
  if (!(limit > 0))
    throw new Error(`bench: --limit: expected seconds such as 4, got ${values.limit}`);
  return { ...values, names: values.only, limit, json: values.json, from: values.from };
}
