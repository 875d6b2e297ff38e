/** Run folders and places to write that cannot be used: the sentence names the file, and no byte changes. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replaceRun } from "../src/run/folder.ts";
import { contents, cotangent, succeed } from "./command.ts";
import { csv, measurements } from "./measurements.ts";
import { refusalSite, tiny } from "./refusal.ts";

const { at, folder, refuses } = refusalSite({
  run: [],
  other: ["--hidden", "5"],
  clean: ["--objective", "sliced"],
});

/** A copy of the run with one file changed. */
function damaged(change: (run: string) => void): string {
  rmSync(at("damaged"), { recursive: true, force: true });
  cpSync(at("run"), at("damaged"), { recursive: true });
  change(at("damaged"));
  return at("damaged");
}

test("a run folder that is none is refused by every command that opens one", async () => {
  mkdirSync(at("empty"), { recursive: true });
  const sentence = /empty: expected a run folder that cotangent train wrote/;
  await refuses(["sample", at("empty")], 1, sentence);
  await refuses(["denoise", at("empty"), at("table.csv")], 1, sentence);
  await refuses(["evaluate", at("empty")], 1, sentence);
  await refuses(["train", "--resume", "--out", at("empty")], 1, sentence);
  await refuses(["sample", at("table.csv")], 1, /table\.csv: expected a run folder/);
});

test("train writes neither into a folder of other files nor over a file", async () => {
  mkdirSync(at("photos"), { recursive: true });
  writeFileSync(at("photos/one.jpg"), "bytes");
  const sentence = /photos: is neither empty nor a run/;
  await refuses(["train", "moons", ...tiny, "--out", at("photos"), "--overwrite"], 1, sentence);
  await refuses(
    ["train", "moons", ...tiny, "--out", at("table.csv")],
    1,
    /table\.csv: this is a file/,
  );
});

test("train says where no folder can be made, and does not wait for ever", async () => {
  if (!existsSync("/proc/self")) return;
  const argv = ["train", "moons", "--rows", "40", ...tiny, "--out", "/proc/none/run"];
  const { code, notes } = await cotangent(...argv);
  expect(code).toBe(1);
  expect(notes).toMatch(/^cotangent: \/proc\/none: no folder can be made there; choose another/m);
});

test("a folder in the place of a run's file is not overwritten, and the run stays", async () => {
  const run = damaged((path) => rmSync(join(path, "metrics.jsonl")));
  mkdirSync(join(run, "metrics.jsonl"));
  writeFileSync(join(run, "metrics.jsonl", "note.txt"), "mine");
  const argv = ["train", "moons", "--rows", "40", ...tiny, "--out", run, "--overwrite"];
  await refuses(argv, 1, /metrics\.jsonl: this is a folder, and a run has a file there/);
});

test("a new run takes an old one's place, other files stay, and nothing is left beside it", async () => {
  const run = damaged((path) => writeFileSync(join(path, "notes.txt"), "mine"));
  // Of a process that was killed while it staged; no process has this number.
  mkdirSync(join(folder, ".damaged.4194305.tmp"));
  const before = readdirSync(folder).filter((name) => !name.endsWith(".tmp"));
  const argv = ["train", "moons", "--rows", "40", ...tiny, "--out", run, "--overwrite"];
  await succeed(...argv, "--test", "0");
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(join(run, "test.csv"))).toBe(false);
  expect(readFileSync(join(run, "notes.txt"), "utf8")).toBe("mine");
  expect(readFileSync(join(run, "config.json"), "utf8")).toContain('"moons"');
});

test("where a process was killed while it replaced a run, the hint says where the old one is", async () => {
  const run = damaged((path) => {
    mkdirSync(at("damaged.old-7"));
    renameSync(join(path, "config.json"), at("damaged.old-7/config.json"));
  });
  const hint = /; files of an older run were moved to .*damaged\.old-7: move them back$/;
  await refuses(["sample", run], 1, hint);
  await refuses(["train", "moons", ...tiny, "--out", run, "--overwrite"], 1, hint);
  rmSync(at("damaged.old-7"), { recursive: true });
});

test("a move that fails puts every file of the old run back", () => {
  const run = damaged(() => {});
  const before = contents(folder);
  expect(() =>
    replaceRun(run, (staged) => {
      for (const name of ["config.json", "train.csv"]) writeFileSync(join(staged.path, name), "");
      // A file cannot take the place of a folder with files, nor a folder that of a file.
      mkdirSync(join(staged.path, "zz"));
      mkdirSync(join(run, "zz"));
      writeFileSync(join(run, "zz", "taken"), "");
    }),
  ).toThrow(/cannot make the run folder/);
  rmSync(join(run, "zz"), { recursive: true });
  expect(contents(folder)).toEqual(before);
});

test("a run of clean-data scores does not denoise", async () => {
  const argv = ["denoise", at("clean"), at("table.csv"), "--sigma", "0.5"];
  await refuses(argv, 1, /trained with sliced, which learns the score of clean data/);
});

const checkpoint = (run: string): string => join(run, "checkpoint.safetensors");
const size = (run: string): number => readFileSync(checkpoint(run)).length;
const edit = (path: string, from: string | RegExp, to: string): void =>
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));

const damages: readonly (readonly [string, (run: string) => void, RegExp])[] = [
  [
    "a checkpoint truncated in its weights",
    (run) => truncateSync(checkpoint(run), size(run) - 9),
    /checkpoint\.safetensors/,
  ],
  [
    "a checkpoint truncated in its header",
    (run) => truncateSync(checkpoint(run), 20),
    /checkpoint\.safetensors/,
  ],
  ["an empty checkpoint", (run) => truncateSync(checkpoint(run), 0), /checkpoint\.safetensors/],
  [
    "a checkpoint of another model",
    (run) => copyFileSync(checkpoint(at("other")), checkpoint(run)),
    /checkpoint\.safetensors: .*\b4\b.*\b5\b|checkpoint\.safetensors: .*\b5\b.*\b4\b/,
  ],
  [
    "a checkpoint of another kind of file",
    (run) => writeFileSync(checkpoint(run), csv(measurements(9))),
    /checkpoint\.safetensors/,
  ],
  [
    "settings cut in the middle",
    (run) => truncateSync(join(run, "config.json"), 40),
    /config\.json: expected the JSON of a run, got damaged text/,
  ],
  [
    "settings of another program",
    (run) => writeFileSync(join(run, "config.json"), "[]"),
    /config\.json: expected "kind": "cotangent-run"/,
  ],
  [
    "settings that hold null",
    (run) => writeFileSync(join(run, "config.json"), "null"),
    /config\.json: expected "kind"/,
  ],
  [
    "settings with an unknown objective",
    (run) => edit(join(run, "config.json"), '"denoising"', '"magic"'),
    /config\.json: expected model\.objective/,
  ],
  [
    "settings without a model",
    (run) => edit(join(run, "config.json"), '"model"', '"muddle"'),
    /config\.json: expected model/,
  ],
  [
    "units cut in the middle",
    (run) => truncateSync(join(run, "standardiser.json"), 30),
    /standardiser\.json: expected JSON, got damaged text/,
  ],
  [
    "noise without levels",
    (run) => edit(join(run, "config.json"), '"levels"', '"steps"'),
    /config\.json: expected model\.noise/,
  ],
  [
    "a column that is a number",
    (run) => edit(join(run, "config.json"), '"concentration"', "7"),
    /config\.json: expected data\.columns, a list of names/,
  ],
  [
    "a decay that is text",
    (run) => edit(join(run, "config.json"), '"ema": 0.99', '"ema": "much"'),
    /config\.json: expected training\.ema/,
  ],
  [
    "units of another run",
    (run) => edit(join(run, "standardiser.json"), '"concentration"', '"pressure"'),
    /standardiser\.json: expected column 2 to be "concentration" .*got "pressure"/,
  ],
  [
    "units without a mean",
    (run) => edit(join(run, "standardiser.json"), '"mean"', '"meen"'),
    /standardiser\.json/,
  ],
];

test.each(damages)("a run with %s is refused with the file's name", async (_, change, sentence) => {
  const run = damaged(change);
  await refuses(["sample", run, "--count", "3"], 1, sentence);
  await refuses(["train", "--resume", "--out", run], 1, sentence);
});

test("a run without a checkpoint yet says what to do", async () => {
  await succeed("train", "moons", "--rows", "40", ...tiny, "--out", at("fresh"));
  rmSync(checkpoint(at("fresh")));
  await refuses(["sample", at("fresh")], 1, /there is no checkpoint yet; train first/);
});

test("samples for a missing folder are refused before any work", async () => {
  await refuses(["sample", at("run"), "--out", at("no/such.csv")], 1, /such\.csv: its folder: /);
});

test("chains that diverge are an error, not a table of NaN", async () => {
  const langevin = ["--sampler", "langevin", "--step-size", "1e200"];
  const argv = ["sample", at("run"), "--count", "3", ...langevin];
  await refuses(argv, 1, /the chains diverged; give a smaller --step-size/);
});

const full = ["/dev/full"].filter((path) => existsSync(path));

test.each(full)("a full disk (%s) is told in words", async (path) => {
  const argv = ["sample", at("run"), "--count", "3", "--steps", "1", "--out", path];
  await refuses(argv, 1, /cannot write \/dev\/full: the disk is full/);
});
