/**
 * Runs the commands of README.md's shell blocks, in order, from the root; a command that fails stops it.
 *
 * Arguments are commands that ran already and need not run again. In an `sh` block each line is a
 * command, `#` starts a comment and `no-run` after the language, with a reason, leaves a block out.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

const done = new Set(process.argv.slice(2));
const path = join(root, "README.md");
if (!existsSync(path)) {
  console.error("readme: expected README.md at the root");
  process.exit(1);
}
const blocks = readFileSync(path, "utf8").matchAll(/^```sh *(no-run\b.*)?\n([^]*?)^```/gm);
for (const [, leftOut, code] of blocks) {
  if (leftOut?.trim() === "no-run") throw new Error("README.md: no-run needs its reason after it");
  if (!leftOut) for (const command of commandsOf(code)) runOnce(command);
}

function commandsOf(code) {
  const lines = code.replaceAll("\\\n", " ").split("\n");
  return lines.map((line) => line.replace(/(^|\s)#.*/, "").trim()).filter((line) => line !== "");
}

function runOnce(line) {
  const fresh = line.split(" && ").filter((command) => !done.has(command));
  if (fresh.length === 0) return console.log(`$ ${line}   (ran already)`);
  console.log(`$ ${fresh.join(" && ")}`);
  run("bash", ["-euo", "pipefail", "-c", fresh.join(" && ")]);
  for (const command of fresh) done.add(command);
}
