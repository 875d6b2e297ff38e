/** Bytes of a program as a browser would fetch it: bundled from source, minified and gzipped. */
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { fail, root } from "./run.mjs";

/**
 * Bundles the program `source`, an ES module that may import packages by name, as in a file of
 * `folder`. What `external` matches is left out. With platform "browser", a Node module in the bundle
 * is an error.
 */
export function bundleSize(source, { folder = root, external = [], platform = "browser" } = {}) {
  const { outputFiles } = bundle({
    stdin: { contents: source, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform,
    external,
    conditions: ["@cotangent/source"],
    logLevel: "silent",
  });
  const code = outputFiles[0].contents;
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
}

function bundle(options) {
  try {
    return buildSync(options);
  } catch ({ errors: [{ text, location }] }) {
    const place = location ? `${location.file}:${location.line}: ` : "";
    return fail(`${place}${text} (bundling for platform ${options.platform})`);
  }
}
