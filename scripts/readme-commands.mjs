/**
 * Runs the commands of README.md's shell blocks, in order, from the root; a command that fails stops it.
 *
 * Arguments are commands that ran already and need not run again. In an `sh` block each line is a
 * command, `#` starts a comment and `no-run` after the language, with a reason, leaves a block out.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks } from "../test/docs/markdown.mjs";
import { root, run } from "./run.mjs";

const done = new Set(process.argv.slice(2));
for (const block of codeBlocks(readFileSync(join(root, "README.md"), "utf8"), "README.md")) {
  if (block.language !== "sh" || !block.runs) continue;
  for (const command of commandsOf(block.code.join("\n"))) runOnce(command);
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
