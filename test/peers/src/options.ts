// The command line of `npm run bench`.
import { parseArgs } from "node:util";
import { type Group, groups } from "./tasks.ts";

export interface Options {
  /** Groups to run; all when empty. */
  readonly groups: readonly Group[];
  /** Run only the tasks whose name contains one of these; all when empty. */
  readonly names: readonly string[];
  readonly quick: boolean;
  /** Major versions of Node; all there are when empty. */
  readonly nodes: readonly number[];
  readonly json: string | undefined;
  /** Files of an earlier --json: shown, and written, instead of measuring. */
  readonly from: readonly string[];
  readonly write: boolean;
}

export const usage = `npm run bench -- [options]
  --only WHAT    a group (${groups.join(", ")}) or part of a task's name, such as
                 "sliced M=1" or "[10,128,256]"; may be given again
  --quick        fewer sizes and rounds: minutes, and noisy
  --node MAJOR   run on this Node alone (20: this one, 24: npm's); may be given again
  --json FILE    write the results there
  --from FILE    measure nothing: show what an earlier --json holds; may be given again to join runs
  --write        put tables and figure into docs/benchmarks.md and docs/figures/benchmarks.svg`;

/** Throws on an option that it does not know. */
export function parseOptions(given: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      node: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      from: { type: "string", multiple: true, default: [] },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const isGroup = (word: string): word is Group => groups.includes(word as Group);
  return {
    groups: values.only.filter(isGroup),
    names: values.only.filter((word) => !isGroup(word)),
    quick: values.quick,
    nodes: values.node.map(majorVersion),
    json: values.json,
    from: values.from,
    write: values.write,
  };
}

function majorVersion(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`bench: --node: expected a major version such as 20, got ${text}`);
}
