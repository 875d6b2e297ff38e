/** The Markdown files whose code is executed and type-checked. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The repository's root, which paths in messages start from; Vitest runs there. */
export const root: string = process.cwd();

/** Paths of the READMEs and everything below docs. */
export function documents(): string[] {
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`);
  const docs = join(root, "docs");
  const chapters = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: "utf8" }) : [];
  return ["README.md", ...packages, ...chapters.sort().map((name) => `docs/${name}`)]
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => join(root, name))
    .filter((path) => existsSync(path));
}
