/**
 * Runs a program from node_modules/.bin or the PATH, and stops this process with the same exit code
 * when it fails. Called by the other scripts.
 */
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Runs `program`; with `capture` its output is returned, and shown only when it fails. */
export function run(program, args, { cwd = root, env = {}, capture = false } = {}) {
  const path = `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  const output = capture ? "pipe" : "inherit";
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, PATH: path, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
    shell: process.platform === "win32",
    stdio: ["ignore", output, output],
  });
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout ?? "";
  if (capture) process.stderr.write(result.stdout + result.stderr);
  console.error(`failed (${result.status ?? result.signal}): ${program} ${args.join(" ")}`);
  process.exit(result.status ?? 1);
}

/** Ends this process with one message. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
