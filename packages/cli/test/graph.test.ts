import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cotangent, succeed, temporaryFolder } from "./command.ts";

const typed = `
import { mul, sin, sum, type Tensor } from "@cotangent/autodiff";
interface Weights { readonly w: Tensor; readonly b: Tensor }
export const energy = (x: Tensor): Tensor => sum(mul(x, sin(x)));
export const affine = ({ w, b }: Weights, x: Tensor): Tensor => mul(w, x).sum().add(b);
export const throwing = () => { throw new Error("inside"); };
export const size = 3;
`;
const plain = `
import { exp, mul } from "@cotangent/autodiff";
export function grow(x, y) { return exp(mul(x, y)); }
`;

function files(): { ts: string; mjs: string; folder: string } {
  const folder = temporaryFolder();
  const [ts, mjs] = [join(folder, "model.ts"), join(folder, "model.mjs")];
  writeFileSync(ts, typed);
  writeFileSync(mjs, plain);
  return { ts, mjs, folder };
}

test("a number-valued export of a .ts file prints its graph, its JVP's and its gradient's", async () => {
  const out = await succeed("graph", `${files().ts}#energy`, "--shapes", "f64[3]");
  const [f = "", jvp = "", grad = ""] = out.split("\n\n");
  expect(f).toBe(
    [
      "# f",
      "{ x:f64[3] .",
      "  let a:f64[3] = sin x",
      "      b:f64[3] = mul x a",
      "      c:f64[] = sum[axes=[0]] b",
      "  in c }",
    ].join("\n"),
  );
  expect(jvp).toMatch(/^# jvp\n\{ \w+:f64\[3\], \w+:f64\[3\] [\s\S]*= cos /);
  expect(grad).toMatch(/^# grad\n[\s\S]*= cos [\s\S]*in \(\w+\) \}/);
});

test("an export of a .mjs file that returns a vector prints its VJP in the gradient's place", async () => {
  const out = await succeed("graph", `${files().mjs}#grow`, "--shapes", "f32[2],f32[2]");
  expect(out.match(/^# .*$/gm)).toEqual(["# f", "# jvp", "# vjp"]);
  expect(out).toMatch(/f32\[2\] = exp /);
});

test("an argument may be a tree, and --of chooses the graphs", async () => {
  const shapes = "{w:f64[3],b:f64[]},f64[3]";
  const out = await succeed("graph", `${files().ts}#affine`, "--shapes", shapes, "--of", "grad,f");
  expect(out.match(/^# .*$/gm)).toEqual(["# f", "# grad"]);
});

test("--json prints graphs that parse, --dot drawings for Graphviz", async () => {
  const reference = `${files().ts}#energy`;
  const json = JSON.parse(await succeed("graph", reference, "--shapes", "f64[3]", "--json"));
  expect(Object.keys(json)).toEqual(["f", "jvp", "grad"]);
  const dot = await succeed("graph", reference, "--shapes", "f64[3]", "--dot");
  expect(dot.match(/digraph/g)).toHaveLength(3);
});

test("the file may import others beside it, in a folder whose name has a space", async () => {
  const folder = join(temporaryFolder(), "my models");
  mkdirSync(folder);
  writeFileSync(join(folder, "part.ts"), "export const factor: number = 2;\n");
  const model = 'import { factor } from "./part.ts";\nexport const twice = (x) => x.mul(factor);\n';
  writeFileSync(join(folder, "model.mjs"), model);
  const out = await succeed("graph", `${join(folder, "model.mjs")}#twice`, "--shapes", "f64[]");
  expect(out).toContain("mul x 2");
});

test("integer arguments have no gradient, and the graph of the VJP is printed", async () => {
  const out = await succeed("graph", `${files().ts}#energy`, "--shapes", "i32[3]");
  expect(out.match(/^# .*$/gm)).toEqual(["# f", "# jvp", "# vjp"]);
});

test("a path with # in it is split at the last one, or not at all for a default export", async () => {
  const folder = join(files().folder, "a#b");
  mkdirSync(folder);
  writeFileSync(join(folder, "m.mjs"), `${plain}export default grow;\n`);
  const shapes = ["--shapes", "f64[],f64[]", "--of", "f"];
  const named = await succeed("graph", `${join(folder, "m.mjs")}#grow`, ...shapes);
  expect(await succeed("graph", join(folder, "m.mjs"), ...shapes)).toBe(named);
});

test("--of hessian has a block for each pair of arguments", async () => {
  const { mjs } = files();
  const out = await succeed("graph", `${mjs}#grow`, "--shapes", "f64[],f64[]", "--of", "hessian");
  expect(out).toMatch(/in \(\w+, \w+, \w+, \w+\) \}\s*$/);
});

const refusals: readonly (readonly [string, string, readonly string[], number, RegExp])[] = [
  [
    "a missing export names those there are",
    "model.ts#nothing",
    ["f64[3]"],
    2,
    /there is no export "nothing"; it exports (energy, affine|affine, energy), throwing$/,
  ],
  [
    "an export that is no function is refused",
    "model.ts#size",
    ["f64[3]"],
    2,
    /expected a function, got number/,
  ],
  ["a missing file is named", "absent.ts#f", ["f64[3]"], 1, /absent\.ts: there is no such file$/],
  [
    "a file with a syntax error is named",
    "broken.ts#f",
    ["f64[3]"],
    1,
    /broken\.ts: cannot be loaded: /,
  ],
  [
    "so is the place of the error in it",
    "broken.ts#f",
    ["f64[3]"],
    1,
    /broken\.ts: cannot be loaded: .*, at line 1, column \d+$/,
  ],
  [
    "a folder in the place of a file is told so",
    "#f",
    ["f64[3]"],
    1,
    /: this is a folder, and a file was expected$/,
  ],
  [
    "a file without a default export says how to ask for another",
    "model.ts",
    ["f64[3]"],
    2,
    /no export "default", ask for one as in .*model\.ts#NAME; it exports/,
  ],
  [
    "shapes beyond all memory are refused",
    "model.ts#energy",
    ["f64[99999999,99]"],
    2,
    /Expected at most 100000000 elements at character 1/,
  ],
  [
    "a function that throws is named",
    "model.ts#throwing",
    ["f64[3]"],
    1,
    /model\.ts#throwing: cannot be traced for these shapes: inside$/,
  ],
  [
    "a file that throws is named with what it threw",
    "throws.mjs#f",
    ["f64[3]"],
    1,
    /throws\.mjs: cannot be loaded: no luck$/,
  ],
  [
    "too few shapes for the arguments are refused",
    "model.mjs#grow",
    ["f64[3]"],
    2,
    /takes 2 arguments, got 1 shapes$/,
  ],
  [
    "shapes that the function does not accept give the operation's sentence",
    "model.mjs#grow",
    ["f64[3],f64[2]"],
    1,
    /mul: .*\[3\].*\[2\]/,
  ],
  [
    "a malformed shape is told by its character",
    "model.ts#energy",
    ["f64[3],g64[2]"],
    2,
    /at character 8, got "g64\[2\]"/,
  ],
  [
    "the gradient of a vector is refused with what to ask for",
    "model.mjs#grow",
    ["f64[2],f64[2]", "--of", "grad"],
    2,
    /grad: expected a function that returns one number, got f64\[2\]; ask for jvp or vjp$/,
  ],
];

test.each(refusals)("%s", async (_, reference, [shapes = "", ...more], expected, sentence) => {
  const { folder } = files();
  writeFileSync(join(folder, "broken.ts"), "export const f = (x: => x;\n");
  writeFileSync(join(folder, "throws.mjs"), 'throw new Error("no luck");\n');
  const { code, out, notes } = await cotangent(
    "graph",
    join(folder, reference),
    "--shapes",
    shapes,
    ...more,
  );
  expect({ code, out }).toEqual({ code: expected, out: "" });
  const [first, ...rest] = notes.trimEnd().split("\n");
  expect(first).toMatch(/^cotangent: /);
  expect(first).toMatch(sentence);
  expect(rest.filter((line) => !line.startsWith("(add --help"))).toEqual([]);
});
