/**
 * `npm run bench`: installs the peers on first use, compiles this folder and runs it.
 *
 * The benchmark measures the built packages, as users get them, so the build comes first.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const root = join(here, "../..");

const installed = join(here, "node_modules/.package-lock.json");
const asked = join(here, "package-lock.json");
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(asked).mtimeMs) {
  console.error("bench: installing the peers in test/peers (about 500 MB, once)");
  run("npm", ["ci", "--no-audit", "--no-fund"], here);
}
const compiler = join(root, "node_modules/typescript/bin/tsc");
run(process.execPath, [compiler, "-b", "packages/cpu-kernels", "packages/cli"], root);
run(process.execPath, [compiler, "-p", here], root);
const { bench } = await import("./dist/bench.js");
process.exitCode = await bench(process.argv.slice(2));

function run(command, options, cwd) {
  const { status } = spawnSync(command, options, { cwd, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    console.error(`bench: expected "${command} ${options.join(" ")}" to succeed, got ${status}`);
    process.exit(1);
  }
}
