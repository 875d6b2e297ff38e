/** Deletes what a build makes: every package's dist folder and turbo's cache. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
for (const folder of [root, ...packages]) {
  for (const made of ["dist", ".turbo"])
    rmSync(join(folder, made), { recursive: true, force: true });
}
