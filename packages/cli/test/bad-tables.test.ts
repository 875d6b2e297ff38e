/** Tables that cannot be used: the sentence names file, line and column; train has --overwrite and must not use it. */
import { writeFileSync } from "node:fs";
import { test } from "vitest";
import { succeed } from "./command.ts";
import { csv, measurements } from "./measurements.ts";
import { refusalSite, tiny } from "./refusal.ts";

const { at, refuses } = refusalSite({ run: [] });

const tables: readonly (readonly [string, string, RegExp])[] = [
  [
    "text in a number column",
    "a,b\n1,2\n3,four\n5,6\n",
    /bad\.csv, line 3, column 2 \("b"\): expected a number, got "four"/,
  ],
  [
    "text in a table without a header",
    "1,2\n3,x\n",
    /bad\.csv, line 2, column 2: expected a number, got "x"/,
  ],
  ["a short row", "a,b\n1,2\n3\n5,6\n", /bad\.csv, line 3: expected 2 cells as in line 1, got 1/],
  ["a long row", "a,b\n1,2\n3,4,5\n", /bad\.csv, line 3: expected 2 cells as in line 1, got 3/],
  [
    "NaN",
    "a,b\n1,2\n3,NaN\n",
    /bad\.csv, line 3, column 2 \("b"\): .*"NaN", a missing or infinite value/,
  ],
  [
    "an infinity",
    "a,b\n1,-inf\n3,4\n",
    /bad\.csv, line 2, column 2 \("b"\): .*missing or infinite/,
  ],
  [
    "an empty cell",
    "a,b\n1,2\n,4\n",
    /bad\.csv, line 3, column 1 \("a"\): expected a number, got an empty cell/,
  ],
  ["a missing value as NA", "a,b\n1,2\n3,NA\n", /bad\.csv, line 3, column 2/],
  [
    "a number beyond doubles",
    "a,b\n1,2\n3,1e999\n",
    /line 3, column 2 .*beyond the range of a double/,
  ],
  ["thousands separators", 'a,b\n1,2\n3,"1,234"\n', /bad\.csv, line 3, column 2/],
  ["one row", "a,b\n1,2\n", /bad\.csv: expected at least 2 rows .*got 1$/],
  [
    "a constant column",
    "a,b\n1,7\n2,7\n3,7\n",
    /bad\.csv, column 2 \("b"\): expected values that vary, got 7 in all 3 rows/,
  ],
  ["an empty file", "", /bad\.csv: expected rows of numbers, got an empty file/],
  ["blank lines alone", "\n\n", /bad\.csv: expected rows of numbers, got an empty file/],
  ["a header alone", "a,b\n", /bad\.csv: expected rows of numbers, got line 1 only, a header/],
  ["a quote that does not close", 'a,b\n1,"2\n3,4\n', /bad\.csv: .*[Qq]uote/],
  ["binary data", "\u0000\u0001\u0002", /bad\.csv: expected text, got binary data/],
];

test.each(tables)("train refuses a table with %s", async (_, text, sentence) => {
  writeFileSync(at("bad.csv"), text);
  const argv = ["train", at("bad.csv"), ...tiny, "--out", at("run"), "--overwrite"];
  await refuses(argv, 1, sentence);
});

test.each(tables.slice(0, 9))(
  "denoise and evaluate refuse a file with %s",
  async (_, text, sentence) => {
    writeFileSync(at("bad.csv"), text);
    await refuses(["denoise", at("run"), at("bad.csv"), "--sigma", "1"], 1, sentence);
    await refuses(["evaluate", at("run"), at("bad.csv")], 1, sentence);
  },
);

const huge = Array.from({ length: 30 }, (_, i) => `${i * i}e300,${i}`).join("\n");

test("values whose squares overflow are refused by every command that reads a table", async () => {
  writeFileSync(at("bad.csv"), `a,b\n${huge}\n`);
  const sentence = /bad\.csv, line 3, column 1 \("a"\): expected .* got 1e\+300; use a larger unit/;
  const train = ["train", at("bad.csv"), ...tiny, "--out"];
  await refuses([...train, at("run"), "--overwrite"], 1, sentence);
  await refuses([...train, at("fresh")], 1, sentence);
  writeFileSync(at("bad.csv"), `${csv([...measurements(9), [1e300, 1]])}`);
  await refuses(["evaluate", at("run"), at("bad.csv")], 1, /bad\.csv, line 11, column 1 .*1e\+300/);
});

test("a spread too small to divide by is refused before the folder is made", async () => {
  writeFileSync(at("bad.csv"), "a,b\n1e-310,2\n3e-310,4\n2e-310,5\n5e-310,1\n4e-310,7\n");
  const argv = ["train", at("bad.csv"), ...tiny, "--out", at("run"), "--overwrite"];
  await refuses(argv, 1, /^cotangent: .*bad\.csv: in the training rows, (a: )?expected /);
});

test.each([
  ["two", "a,b\n1,2\n3,5\n", 2],
  ["three", "a,b\n1,2\n3,5\n2,9\n", 3],
  ["three different", "a,b\n1,2\n3,5\n2,9\n2,9\n2,9\n", 3],
])("%s rows cannot be split, and what to do is said", async (_, text, got) => {
  writeFileSync(at("bad.csv"), text);
  const argv = ["train", at("bad.csv"), ...tiny, "--out", at("run"), "--overwrite"];
  const remedy = `got ${got}; add rows, or keep all for training with --test 0 --validation 0`;
  await refuses(argv, 1, new RegExp(`bad\\.csv: expected at least 4 different rows.*${remedy}$`));
  const all = ["--test", "0", "--validation", "0", "--out", at(`all-${got}`), "--overwrite"];
  await succeed("train", at("bad.csv"), ...tiny, ...all);
});

test("a column that varies only in rows that are held out is named with its file", async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${i === 3 ? 1 : 0}`).join("\n");
  writeFileSync(at("bad.csv"), `a,b\n${rows}\n`);
  const train = ["train", at("bad.csv"), ...tiny, "--out", at("run"), "--overwrite"];
  const argv = [...train, "--test", "0.5", "--validation", "0.3", "--seed", "3"];
  await refuses(
    argv,
    1,
    /^cotangent: .*bad\.csv: in the training rows, b: expected values that vary/,
  );
});

test("a missing file is told together with the generators' names", async () => {
  const argv = ["train", at("absent.csv"), "--out", at("new")];
  await refuses(argv, 1, /absent\.csv: there is no such file, and no generator .*moons/);
  await refuses(["denoise", at("run"), at("absent.csv"), "--sigma", "1"], 1, /absent\.csv/);
  await refuses(["evaluate", at("run"), at("absent.csv")], 1, /absent\.csv/);
});

test("a folder in a table's place is refused", async () => {
  await refuses(["train", at("run"), "--out", at("new")], 1, /run.*folder/);
});

const otherNames = "a,b\n1,2\n3,5\n4,4\n2,8\n6,1\n";
test("a file whose columns are not the run's is refused", async () => {
  writeFileSync(at("wide.csv"), "a,b,c\n1,2,3\n4,5,7\n");
  await refuses(
    ["evaluate", at("run"), at("wide.csv")],
    1,
    /wide\.csv: expected 2 columns .*got 3/,
  );
  writeFileSync(at("swapped.csv"), otherNames);
  await refuses(
    ["evaluate", at("run"), at("swapped.csv")],
    1,
    /swapped\.csv, line 1, column 1: expected "altitude \(m\)".*got "a"/,
  );
});
