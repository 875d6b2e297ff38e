/** The workspace's packages in build order, as other scripts need them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

function readPackage(folder) {
  const path = join(root, "packages", folder);
  const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === "string"
      ? []
      : [
          {
            specifier: manifest.name + subpath.slice(1),
            source: target["@cotangent/source"],
            needsNode: folder === "cli" || subpath === "./node",
          },
        ],
  );
  return { folder, path, manifest, entries };
}

/**
 * Every package: its folder's name and path, its package.json, and its importable entries; an entry
 * that does not need Node has to work in browsers too.
 */
export const packages = readdirSync(join(root, "packages")).map(readPackage);
