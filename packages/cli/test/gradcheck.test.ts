import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rungNames } from "@cotangent/gradcheck";
import { expect, test } from "vitest";
import { cotangent, temporaryFolder } from "./command.ts";

const model = `
import { customJvp, exp, floor, mul, sin, sum, tensor, type Tensor } from "@cotangent/autodiff";
export const energy = (x: Tensor): Tensor => sum(mul(x, sin(x)));
const off = customJvp((x: Tensor) => exp(x), ([x], [xDot]) => [exp(x!), mul(mul(xDot!, exp(x!)), 1.003)]);
export const wrong = (p: { readonly w: Tensor }, x: Tensor): Tensor => sum(off(mul(p.w, x)));
export const wrongArgs = () => [{ w: tensor([1, 2]) }, tensor([0.5, -1])];
export const step = (x: Tensor): Tensor => floor(x);
export const stepArgs = [tensor(2)];
export const args = [tensor([0.3, 0.7])];
export const plain = { value: (x: number) => x * x, gradient: (x: number) => 2 * x };
export const plainArgs = [3];
export const throwing = () => { throw new Error("inside"); };
export const size = 3;
export const sizeArgs = 3;
export const pair = (x: Tensor, y: Tensor): Tensor => sum(mul(x, y));
export const scaled = (x: Tensor, by?: Tensor): Tensor => sum(by === undefined ? x : mul(x, by));
export const short = (x: Tensor, y: Tensor): Tensor => sum(mul(x, y));
export const shortArgs = [tensor(2)];
export const early = (x: Tensor, _: Tensor): Tensor => floor(x);
export const earlyArgs = [tensor(2)];
export default energy;
`;

function file(): string {
  const path = join(temporaryFolder(), "model.ts");
  writeFileSync(path, model);
  return path;
}

test("a right function exits with 0, at the file's args", async () => {
  const { code, out } = await cotangent("gradcheck", `${file()}#energy`);
  expect(code).toBe(0);
  expect(out).toMatch(/^PASS energy\n {2}structure +pass/);
});

test("an object { value, gradient } and a default export are checked too", async () => {
  expect((await cotangent("gradcheck", `${file()}#plain`)).code).toBe(0);
  expect((await cotangent("gradcheck", file(), "--shapes", "f32[2,2]")).code).toBe(0);
});

test("a wrong one exits with 1, and says where and how to see it again", async () => {
  const path = file();
  const { code, out, notes } = await cotangent("gradcheck", `${path}#wrong`, "--order", "1");
  expect(code).toBe(1);
  expect(out).toMatch(/guilty +\w:f64\[2\] = call\[name=customJvp\]/);
  expect(out).toMatch(/model\.ts:\d+:\d+/);
  expect(notes).toBe("cotangent: wrong: a derivative is wrong\n");
  const again = /run again +cotangent gradcheck '(\S+)' (.*)/.exec(out)!;
  expect(again[1]).toBe(`${path}#wrong`);
  expect(again[2]).toMatch(/^--order 1 --seed 0 --rungs numeric --only '\[\d\](\.w)?\[\d\]'$/);
  const words = again[2]!.replaceAll("'", "").split(" ");
  const second = await cotangent("gradcheck", again[1]!, ...words);
  expect(second.code).toBe(1);
  expect(second.out).toMatch(/numeric +fail +\d of 2 wrong/);
});

test("one that differences cannot decide exits with 2", async () => {
  const { code, out } = await cotangent("gradcheck", `${file()}#step`);
  expect(code).toBe(2);
  expect(out).toMatch(/^INCONCLUSIVE step/);
});

test("--json prints the report alone", async () => {
  const { code, out } = await cotangent("gradcheck", `${file()}#wrong`, "--json", "--seed", "7");
  expect(code).toBe(1);
  const report = JSON.parse(out);
  expect(report).toMatchObject({ status: "fail", name: "wrong", seed: 7, blame: { rule: "jvp" } });
});

test("--shapes comes before what the file says, --rungs and --only narrow", async () => {
  const words = ["--shapes", "f64[5]", "--rungs", "numeric", "--only", "[0][3]"];
  const { code, out } = await cotangent("gradcheck", `${file()}#energy`, ...words);
  expect(code).toBe(0);
  expect(out).toMatch(/numeric +pass +2 checked/);
});

test.each<[string, readonly string[], RegExp]>([
  ["no function", ["#absent"], /there is no export "absent"; the file exports .*energy/],
  ["no arguments that fit a list", ["#size"], /expected a function, or an object .* got number/],
  [
    "a bad shape",
    ["#energy", "--shapes", "g64[2]"],
    /--shapes: Expected a specification such as f64\[3,2\]/,
  ],
  [
    "a path that is nowhere",
    ["#energy", "--only", "[4]"],
    /option only is \[4\], which no coordinate lies below/,
  ],
  [
    "a function that throws",
    ["#throwing"],
    /^cotangent: throwing: it throws at these arguments: inside$/m,
  ],
  [
    "arguments of another function",
    ["#pair"],
    /^cotangent: args has 1 entry, pair takes 2; export pairArgs or give --shapes: it throws at these arguments: .*got undefined/m,
  ],
  [
    "too few own arguments",
    ["#short"],
    /: shortArgs has 1 entry, short takes 2; give one for each/,
  ],
  ["too few shapes", ["#pair", "--shapes", "f64[2]"], /: --shapes has 1 entry, pair takes 2; give/],
  ["an order", ["#energy", "--order", "4"], /Expected a whole number from 1 to 3/],
])("%s exits with 2 and a sentence", async (_name, [suffix, ...words], sentence) => {
  const { code, notes } = await cotangent("gradcheck", file() + suffix, ...words);
  expect(code).toBe(2);
  expect(notes).toMatch(sentence);
});

test("an argument that may be left out is not asked for", async () => {
  const { code, notes } = await cotangent("gradcheck", `${file()}#scaled`);
  expect({ code, notes }).toEqual({ code: 0, notes: "" });
});

test("where too few arguments do not pass, the report is followed by that", async () => {
  const { code, notes } = await cotangent("gradcheck", `${file()}#early`);
  expect(code).toBe(2);
  expect(notes).toMatch(/^warning: earlyArgs has 1 entry, early takes 2; give one for each$/m);
});

test("without arguments the command says where it looks for them", async () => {
  const path = join(temporaryFolder(), "bare.mjs");
  writeFileSync(path, "export const f = (x) => x.mul(2);\nexport const g = f, gArgs = 3;\n");
  const none = await cotangent("gradcheck", `${path}#f`);
  expect(none.code).toBe(2);
  expect(none.notes).toMatch(
    /no arguments to check f at: give --shapes, as in .*, or export fArgs or args/,
  );
  expect((await cotangent("gradcheck", `${path}#g`)).notes).toMatch(
    /gArgs: expected the list of arguments, got number/,
  );
});

test("the rungs that the command names are those that the checker has", async () => {
  const { out } = await cotangent("gradcheck", "--help");
  const words = out.replace(/\s+/g, " ");
  expect(words).toContain(`which rungs to climb: ${rungNames.join(", ")}`);
  const { code, notes } = await cotangent("gradcheck", "nowhere.ts", "--rungs", "numerics");
  expect(code).toBe(2);
  expect(notes).toContain(rungNames.join(", "));
});
