/** A disk that fills up while the command writes, stood in for by a limit on the size of files. */
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { childArguments, contents, succeed, temporaryFolder } from "./command.ts";
import { csv, measurements } from "./measurements.ts";

const folder = temporaryFolder(afterAll);
const run = join(folder, "run");
const table = join(folder, "large.csv");
const tiny = ["--steps", "2", "--batch", "8", "--hidden", "4"];

beforeAll(async () => {
  writeFileSync(table, csv(measurements(2000)));
  await succeed("train", "moons", "--rows", "40", ...tiny, "--out", run);
});

/** Runs the command where no file may grow beyond so many blocks of 512 bytes. */
function limited(blocks: number, ...argv: readonly string[]): { code: number; notes: string } {
  const script = `ulimit -f ${blocks}; exec "$@"`;
  const command = [process.execPath, ...childArguments(argv)];
  const child = spawnSync("sh", ["-c", script, "sh", ...command], { encoding: "utf8" });
  return { code: child.status ?? -1, notes: child.stderr };
}

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";

test("rows that do not fit leave the run they would have replaced as it was, and nothing beside it", () => {
  const before = contents(folder);
  const { code, notes } = limited(16, "train", table, ...tiny, "--out", run, "--overwrite");
  expect(code).toBe(1);
  expect(lastLine(notes)).toMatch(/^cotangent: cannot write .*train\.csv: .*(size|disk)/);
  expect(contents(folder)).toEqual(before);
  expect(readdirSync(folder).toSorted()).toEqual(["large.csv", "run"]);
});

test("a checkpoint that does not fit is named, and the run can still be resumed", async () => {
  const out = join(folder, "wide");
  const wide = ["--rows", "40", "--steps", "2", "--batch", "8", "--hidden", "64,64"];
  const { code, notes } = limited(32, "train", "moons", ...wide, "--out", out);
  expect(code).toBe(1);
  expect(lastLine(notes)).toMatch(/^cotangent: .*checkpoint\.safetensors: .*(size|disk)/);
  expect(readdirSync(out).filter((name) => name.includes("tmp"))).toEqual([]);
  await succeed("train", "--resume", "--out", out);
  await succeed("sample", out, "--count", "2", "--steps", "1");
});
