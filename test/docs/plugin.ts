/**
 * A Vite plugin that lets a test import a Markdown file's code: `chapter.md` as `chapter.md.ts`.
 *
 * The module stands beside the document, so packages and relative paths resolve as a reader expects.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { instrument } from "./instrument.ts";

const recorder = fileURLToPath(new URL("recording.ts", import.meta.url));

/** The plugin for vitest.config.ts; paths in messages are relative to `root`. */
export function executedDocuments(root: string): Plugin {
  return {
    name: "executed-documents",
    enforce: "pre",
    resolveId: (id) => (id.endsWith(".md.ts") ? id : null),
    load(id) {
      if (!id.endsWith(".md.ts")) return null;
      const path = id.slice(0, -".ts".length);
      return instrument(readFileSync(path, "utf8"), relative(root, path), recorder).source;
    },
  };
}
