/** What train can be given: generators by name, every objective, splits, budgets and units. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generators } from "@cotangent/training";
import { afterAll, beforeAll, expect, test } from "vitest";
import { objectiveNames } from "../src/objectives.ts";
import { cotangent, succeed, temporaryFolder } from "./command.ts";
import { csv, measurements, parseCsv } from "./measurements.ts";

const folder = temporaryFolder(afterAll);
const table = join(folder, "measurements.csv");
const tiny = ["--hidden", "6", "--batch", "16"];
beforeAll(() => writeFileSync(table, csv(measurements(80))));

let runs = 0;
async function trained(...argv: readonly string[]): Promise<{ run: string; notes: string }> {
  runs += 1;
  const run = join(folder, `run-${runs}`);
  const { code, notes } = await cotangent("train", ...argv, ...tiny, "--out", run);
  expect(code, notes).toBe(0);
  return { run, notes };
}
const configOf = (run: string) => JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
const rowsOf = (run: string, part: string): number =>
  parseCsv(readFileSync(join(run, `${part}.csv`), "utf8")).rows.length;

test("one column is told as one, and the command to go on with is quoted for a shell", async () => {
  const narrow = join(folder, "narrow.csv");
  writeFileSync(
    narrow,
    csv(
      measurements(40).map((row) => row.slice(0, 1)),
      ["a"],
    ),
  );
  const out = join(folder, "it's a run");
  const outcome = await cotangent("train", narrow, ...tiny, "--steps", "2", "--out", out);
  expect(outcome.notes).toMatch(/ test rows of 1 column, /);
  const quoted = `'${join(folder, "it")}'\\''s a run'`;
  expect(outcome.out).toContain(`Next: cotangent sample ${quoted} --count`);
});

test("a training that diverges names the run and the options to change", async () => {
  const rate = ["--learning-rate", "1e300", "--steps", "40", "--objective", "implicit"];
  const out = join(folder, "diverged");
  const { code, notes } = await cotangent("train", table, ...tiny, ...rate, "--out", out);
  expect(code).toBe(1);
  const last = notes.trimEnd().split("\n").at(-1) ?? "";
  expect(last.startsWith(`cotangent: ${out}: the `), last).toBe(true);
  expect(last).toMatch(/; give a smaller --learning-rate or --clip, or check the data; .*keeps/);
});

test("the named generators are the ones the help promises", async () => {
  const help = await succeed("train", "--help");
  expect(Object.keys(generators)).toContain("moons");
  for (const name of Object.keys(generators)) expect(help).toContain(name);
});

test.each(Object.keys(generators))("train takes the generator %s by name", async (name) => {
  const { run } = await trained(name, "--rows", "50", "--steps", "2");
  expect(configOf(run).data).toMatchObject({ source: name, columns: ["x", "y"] });
  expect(rowsOf(run, "train") + rowsOf(run, "validation") + rowsOf(run, "test")).toBe(50);
});

test.each(objectiveNames)(
  "a run with --objective %s trains, samples and is evaluated",
  async (name) => {
    const { run } = await trained(table, "--objective", name, "--steps", "4");
    expect(configOf(run).model.objective).toBe(name);
    const { rows } = parseCsv(await succeed("sample", run, "--count", "3", "--steps", "3"));
    expect(rows.flat().every(Number.isFinite)).toBe(true);
    expect(await succeed("evaluate", run, "--draws", "2")).toMatch(/held-out rows/);
  },
);

test("a single --sigma fixes one noise level, a range a ladder", async () => {
  const fixed = await trained(table, "--sigma", "0.3", "--steps", "2");
  expect(configOf(fixed.run).model.noise).toEqual({ kind: "fixed", sigma: 0.3 });
  const ladder = await trained(table, "--sigma", "0.1..2", "--levels", "4", "--steps", "2");
  const noise = { kind: "ladder", highest: 2, lowest: 0.1, levels: 4 };
  expect(configOf(ladder.run).model.noise).toEqual(noise);
  expect(await succeed("denoise", fixed.run, table)).toMatch(/^altitude/);
});

test("--validation and --test of 0 keep every row for training", async () => {
  const { run } = await trained(table, "--validation", "0", "--test", "0", "--steps", "2");
  expect(rowsOf(run, "train")).toBe(80);
  expect(existsSync(join(run, "validation.csv")) || existsSync(join(run, "test.csv"))).toBe(false);
  const { code, notes } = await cotangent("evaluate", run);
  expect({ code, notes }).toMatchObject({ code: 1 });
  expect(notes).toMatch(/kept no rows aside .*; give a FILE/);
});

test("--epochs counts passes over the training rows", async () => {
  const { run } = await trained(table, "--epochs", "2", "--test", "0", "--validation", "0.2");
  expect(configOf(run).training.steps).toBe(2 * (64 / 16));
});

test("--early-stop ends a run whose validation loss stops improving", async () => {
  const options = ["--validate-every", "1", "--early-stop", "2", "--learning-rate", "3"];
  const { run } = await trained(table, "--steps", "400", "--ema", "0", ...options);
  const steps = readFileSync(join(run, "metrics.jsonl"), "utf8").trimEnd().split("\n").length;
  expect(steps).toBeLessThan(400);
});

test.each(["whiten", "scale", "none"])("--standardise %s is remembered", async (how) => {
  const { run } = await trained(table, "--standardise", how, "--steps", "2");
  expect(configOf(run).data.standardise).toBe(how);
  const { rows } = parseCsv(await succeed("denoise", run, table, "--sigma", "0.05"));
  expect(rows[0]?.every(Number.isFinite)).toBe(true);
});

const rounded = csv(measurements(120).map(([a = 0, b = 0]) => [50 * Math.round(a / 50), 1e4 * b]));

test("quantised columns warn under implicit, and --dequantise spreads them over their grid", async () => {
  const path = join(folder, "rounded.csv");
  writeFileSync(path, rounded);
  const warned = await trained(path, "--objective", "implicit", "--steps", "2");
  expect(warned.notes).toMatch(/warning: .*altitude.*--dequantise/s);
  const spread = await trained(path, "--objective", "implicit", "--steps", "2", "--dequantise");
  expect(configOf(spread.run).data.dequantised).toEqual([50, 0]);
  const { rows } = parseCsv(readFileSync(join(spread.run, "train.csv"), "utf8"));
  expect(new Set(rows.map(([a]) => a)).size).toBe(rows.length);
});
