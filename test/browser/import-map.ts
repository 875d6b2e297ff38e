// Where a browser finds the built packages: the import map of every page.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's root. */
export const root: string = join(import.meta.dirname, "../..");

/** What pages import that is not ours: a specifier, and the file below the root that a browser takes. */
const others: { readonly [specifier: string]: string } = {};

interface Manifest {
  readonly name: string;
  readonly exports: { readonly [subpath: string]: string | { readonly default: string } };
}

/** Every entry of every package, by its specifier, as a path below the root. */
export function importMap(): { imports: { [specifier: string]: string } } {
  const own = readdirSync(join(root, "packages")).flatMap((folder) => {
    const path = join(root, "packages", folder, "package.json");
    const { name, exports } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
    return Object.entries(exports).flatMap(([subpath, target]) => {
      if (typeof target === "string") return [];
      const file = join("/packages", folder, target.default).replaceAll("\\", "/");
      return [[name + subpath.slice(1), file] as const];
    });
  });
  return { imports: { ...others, ...Object.fromEntries(own) } };
}
