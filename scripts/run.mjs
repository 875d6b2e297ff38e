/**
 * Runs a program from node_modules/.bin or the PATH and stops this process, with the same exit code,
 * when it fails. Called by the other scripts.
 */
import { spawnSync } from "node:child_process";
import { delimiter, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Runs `program`; returns its standard output when `capture` is set, else shows it. */
export function run(program, args, { cwd = root, env = {}, capture = false, input } = {}) {
  const path = `${resolve(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, PATH: path, ...env },
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
    shell: process.platform === "win32",
    stdio: [input === undefined ? "ignore" : "pipe", capture ? "pipe" : "inherit", "inherit"],
  });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    if (capture) process.stdout.write(result.stdout);
    console.error(`failed (${result.status ?? result.signal}): ${program} ${args.join(" ")}`);
    process.exit(result.status ?? 1);
  }
  return result.stdout ?? "";
}
