/**
 * `npm run bench:gpu`: installs Dawn and the other libraries on first use, builds, bundles bench/ and
 * runs it.
 *
 * The benchmark measures the built packages, as users get them, so the build comes first.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const root = join(here, "../..");
const given = process.argv.slice(2);

const measures = !given.some((option) => option === "--help" || option.startsWith("--from"));
if (measures) {
  install(here, "Dawn, which is WebGPU for Node (130 MB, once)");
  install(join(root, "test/peers"), "the other libraries (about 500 MB, once)");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  run(process.execPath, [compiler, "-b", "packages/gpu-kernels", "packages/losses"], root);
}
await build({
  entryPoints: [join(here, "bench/main.ts")],
  outfile: join(here, "dist/bench.js"),
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
});
const { bench } = await import("./dist/bench.js");
process.exitCode = await bench(given, root);

/** npm ci in a folder whose packages are missing or older than their lock. */
function install(folder, what) {
  const installed = join(folder, "node_modules/.package-lock.json");
  const asked = join(folder, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(asked).mtimeMs) return;
  console.error(`bench: installing ${what}`);
  run("npm", ["ci", "--no-audit", "--no-fund"], folder);
}

function run(command, options, cwd) {
  const { status } = spawnSync(command, options, { cwd, stdio: ["ignore", 2, 2] });
  if (status === 0) return;
  console.error(`bench: expected "${command} ${options.join(" ")}" to succeed, got ${status}`);
  process.exit(1);
}
