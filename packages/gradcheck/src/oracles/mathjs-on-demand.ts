// mathjs in Node: its seven hundred files take half a second, so they are read when they are first needed.
import { createRequire } from "node:module";

/** What is used of mathjs. */
export type Library = Pick<
  typeof import("mathjs"),
  "create" | "derivativeDependencies" | "parseDependencies"
>;

export const load = (): Library => createRequire(import.meta.url)("mathjs/number");
