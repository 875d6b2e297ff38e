// What importing costs: mathjs alone takes half a second, and few checks need it.
import { readFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";
import { load as loadAtOnce } from "../src/oracles/mathjs.ts";
import { load } from "../src/oracles/mathjs-on-demand.ts";

const folder = new URL("..", import.meta.url).pathname;

/** What the package's entry imports from elsewhere before anything is called. */
function importsOf(platform: "node" | "browser"): string[] {
  const { metafile } = buildSync({
    entryPoints: [`${folder}src/index.ts`],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform,
    outfile: "bundle.js",
    external: ["mathjs", "mathjs/*", "decimal.js", "@cotangent/*", "node:*"],
    conditions: ["@cotangent/source"],
  });
  return metafile.outputs["bundle.js"]!.imports.map(({ path }) => path);
}

test("in Node mathjs is not among the imports, elsewhere it is", () => {
  expect(importsOf("node").filter((path) => path.startsWith("mathjs"))).toEqual([]);
  expect(importsOf("browser")).toContain("mathjs/number");
  expect(importsOf("browser").filter((path) => path.startsWith("node:"))).toEqual([]);
});

test("what is published is chosen the same way as the source", () => {
  const { imports } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const { "@cotangent/source": source, ...published } = imports["#mathjs"];
  const compiled = Object.entries(source as Record<string, string>).map(([condition, path]) => [
    condition,
    path.replace("/src/", "/dist/").replace(".ts", ".js"),
  ]);
  expect(published).toEqual(Object.fromEntries(compiled));
});

test("both ways to load mathjs differentiate alike", () => {
  const [a, b] = [load, loadAtOnce].map((each) => {
    const { create, parseDependencies, derivativeDependencies } = each();
    const math = create({ parse: parseDependencies!, derivative: derivativeDependencies! });
    return String(math.derivative(math.parse("x^2 * sin(y) + exp(-x)"), "x", { simplify: false }));
  });
  expect(a).toBe(b);
  expect(a).toContain("sin(y) * 2");
});
