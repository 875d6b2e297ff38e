/** A run that ends early, by a kill or by Ctrl-C, and continues to the bits of one that did not. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Child,
  contents,
  cotangent,
  startCotangent,
  succeed,
  temporaryFolder,
} from "./command.ts";
import { csv, measurements } from "./measurements.ts";

const folder = temporaryFolder(afterAll);
const table = join(folder, "measurements.csv");
const whole = join(folder, "whole");
const steps = 3000;
const settings = ["--steps", String(steps), "--hidden", "8", "--batch", "16", "--early-stop", "0"];

beforeAll(async () => {
  writeFileSync(table, csv(measurements(150)));
  await succeed("train", table, ...settings, "--out", whole);
});

/** Waits until `holds`, or until the child has ended. */
async function until(child: Child, holds: () => boolean): Promise<void> {
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  while (!ended && !holds()) await wait(2);
}

function expectSameRun(run: string): void {
  const [got, expected] = [contents(run), contents(whole)];
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, bytes] of Object.entries(expected)) {
    expect(got[name] === bytes, `${name} has the same bytes`).toBe(true);
  }
}

test("a run killed before its first checkpoint, after it, and while all rows are trained on resumes to the same bytes", async () => {
  const run = join(folder, "killed");
  const metrics = join(run, "metrics.jsonl");
  const checkpoint = join(run, "checkpoint.safetensors");
  const refit = join(run, "refit-checkpoint.safetensors");
  const moments: readonly (() => boolean)[] = [
    () => existsSync(metrics) && readFileSync(metrics, "utf8").includes("\n"),
    () => existsSync(checkpoint),
    () => existsSync(refit),
  ];
  let first = ["train", table, ...settings];
  for (const moment of moments) {
    const child = startCotangent(...first, "--out", run);
    await until(child, moment);
    child.process.kill("SIGKILL");
    await child.exited;
    expect(child.process.signalCode).toBe("SIGKILL");
    first = ["train", "--resume"];
  }
  await succeed("train", "--resume", "--out", run);
  expectSameRun(run);
});

test("Ctrl-C keeps what was trained, exits with 130 and says how to continue", async () => {
  const run = join(folder, "interrupted");
  const child = startCotangent("train", table, ...settings, "--out", run);
  await until(child, () => child.notes().includes(" 25%"));
  child.process.kill("SIGINT");
  const { code, out, notes } = await child.exited;
  expect({ code, out }).toEqual({ code: 130, out: "" });
  const step = Number(/interrupted after step (\d+); continue with: /.exec(notes)?.[1]);
  expect(step).toBeGreaterThan(steps / 4 - 1);
  expect(notes).toContain(`cotangent train --resume --out ${run}`);
  expect(notes).not.toMatch(/^ +at /m);
  expect(readFileSync(join(run, "metrics.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(step);
  await succeed("train", "--resume", "--out", run);
  expectSameRun(run);
});

test("resuming a finished run leaves its bytes as they are", async () => {
  await succeed("train", "--resume", "--out", whole);
  const before = contents(whole);
  const { code } = await cotangent("train", table, ...settings, "--resume", "--out", whole);
  expect(code).toBe(0);
  expect(contents(whole)).toEqual(before);
});

test("a run continues where it was moved to, without the table it came from", async () => {
  const run = join(folder, "moved");
  cpSync(whole, run, { recursive: true });
  rmSync(join(run, "checkpoint.safetensors"));
  const away = `${table}.away`;
  cpSync(table, away);
  rmSync(table);
  try {
    await succeed("train", "--resume", "--out", run);
  } finally {
    cpSync(away, table);
  }
  expectSameRun(run);
});

const refusals: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  [
    "other data is refused",
    ["moons"],
    2,
    /the run was trained on .*measurements\.csv, not on moons/,
  ],
  [
    "another objective is refused",
    ["--objective", "implicit"],
    2,
    /the run has --objective denoising, not implicit/,
  ],
  [
    "another number of steps is refused",
    ["--steps", "900"],
    2,
    /the run has --steps 3000, not 900/,
  ],
  ["another treatment of outliers is refused", ["--outliers", "drop"], 2, /has --outliers keep/],
  ["another engine is refused", ["--engine", "interpreter"], 2, /has --engine cpu/],
  ["another way to end is refused", ["--no-refit"], 2, /the run has --refit true, not false/],
  ["an option that is not kept is refused", ["--test", "0.3"], 2, /leave --test out/],
  [
    "--overwrite contradicts it",
    ["--overwrite"],
    2,
    /'--resume' cannot be used with option '--overwrite'|--overwrite.*cannot be used with.*--resume/,
  ],
];

test.each(refusals)(
  "on --resume, %s and the run is left alone",
  async (_, options, expected, sentence) => {
    const before = contents(whole);
    const { code, notes } = await cotangent("train", ...options, "--resume", "--out", whole);
    expect(code, notes).toBe(expected);
    expect(notes).toMatch(sentence);
    expect(contents(whole)).toEqual(before);
  },
);

test("--resume of a folder that is not there says what is missing and makes none", async () => {
  const absent = join(folder, "absent");
  const { code, notes } = await cotangent("train", "--resume", "--out", absent);
  expect(code).toBe(1);
  expect(notes).toMatch(/absent: expected a run folder that cotangent train wrote/);
  expect(existsSync(absent)).toBe(false);
});

const changes: readonly (readonly [string, string, (text: string) => string, RegExp])[] = [
  [
    "seed",
    "config.json",
    (text) => text.replace('"seed": 0', '"seed": 1'),
    /belongs to another run: its seed is 0, this one's 1/,
  ],
  [
    "training rows",
    "train.csv",
    (text) => text.replace(/\n[^\n]+/, ""),
    /belongs to another run: its data is/,
  ],
];

test.each(changes)(
  "a checkpoint is not continued with another %s",
  async (_, name, change, sentence) => {
    const run = join(folder, `changed-${name}`);
    cpSync(whole, run, { recursive: true });
    writeFileSync(join(run, name), change(readFileSync(join(run, name), "utf8")));
    const before = contents(run);
    const { code, notes } = await cotangent("train", "--resume", "--out", run);
    expect(code).toBe(1);
    expect(notes).toMatch(sentence);
    expect(contents(run)).toEqual(before);
  },
);
