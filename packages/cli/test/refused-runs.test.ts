/** Run folders and places to write that cannot be used: the sentence names the file, and no byte changes. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { succeed, temporaryFolder } from "./command.ts";
import { csv, measurements } from "./measurements.ts";
import { expectRefusal } from "./refusal.ts";

const folder = temporaryFolder(afterAll);
const at = (name: string): string => join(folder, name);
const tiny = ["--steps", "2", "--batch", "16", "--hidden", "4"];
const refuses = (argv: readonly string[], code: number, sentence: RegExp): Promise<void> =>
  expectRefusal(folder, argv, code, sentence);

beforeAll(async () => {
  writeFileSync(at("table.csv"), csv(measurements(60)));
  await succeed("train", at("table.csv"), ...tiny, "--out", at("run"));
  await succeed("train", at("table.csv"), ...tiny, "--hidden", "5", "--out", at("other"));
  await succeed("train", at("table.csv"), ...tiny, "--objective", "sliced", "--out", at("clean"));
});

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

test("a run of clean-data scores does not denoise", async () => {
  const argv = ["denoise", at("clean"), at("table.csv"), "--sigma", "0.5"];
  await refuses(argv, 1, /trained with sliced, which learns the score of clean data/);
});

/** A copy of the run with one file changed. */
function damaged(change: (run: string) => void): string {
  cpSync(at("run"), at("damaged"), { recursive: true });
  change(at("damaged"));
  return at("damaged");
}
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
  const argv = ["sample", at("run"), "--count", "3", "--step-size", "1e200"];
  await refuses(argv, 1, /the chains diverged; give a smaller --step-size/);
});

const full = ["/dev/full"].filter((path) => existsSync(path));

test.each(full)("a full disk (%s) is told in words", async (path) => {
  const argv = ["sample", at("run"), "--count", "3", "--steps", "1", "--out", path];
  await refuses(argv, 1, /cannot write \/dev\/full: the disk is full/);
});
