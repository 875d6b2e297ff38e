/** Weights for use are trained again on all rows; what evaluate measures never saw the held-out ones. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tensor } from "@cotangent/autodiff";
import { readSafetensors, writeSafetensors } from "@cotangent/training/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cotangent, succeed, temporaryFolder } from "./command.ts";
import { csv, measurements } from "./measurements.ts";

const folder = temporaryFolder(afterAll);
const table = join(folder, "measurements.csv");
const run = join(folder, "run");
const plain = join(folder, "plain");
const settings = ["--steps", "60", "--validate-every", "20", "--hidden", "8", "--batch", "16"];
const read = (name: string): string => readFileSync(join(run, name), "utf8");
const evaluate = async (...argv: readonly string[]) =>
  JSON.parse(await succeed("evaluate", ...argv, "--draws", "4", "--json"));

beforeAll(async () => {
  writeFileSync(table, csv(measurements(90)));
  await succeed("train", table, ...settings, "--standardise", "scale", "--out", run);
  const same = [...settings, "--standardise", "scale", "--no-refit"];
  await succeed("train", table, ...same, "--out", plain);
});

test("the refit's units are those of all rows, the others' those of the training rows", () => {
  const mean = (rows: number[][]): number =>
    rows.reduce((sum, [a = 0]) => sum + a, 0) / rows.length;
  const rowsOf = (name: string): number[][] =>
    read(name)
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").map(Number));
  const all = measurements(90);
  expect(JSON.parse(read("refit-standardiser.json")).mean[0]).toBeCloseTo(mean(all), 8);
  expect(JSON.parse(read("standardiser.json")).mean[0]).toBeCloseTo(mean(rowsOf("train.csv")), 8);
});

test("what is said of the steps counts those on all rows, and of a finished run that it was", async () => {
  const copy = join(folder, "again");
  cpSync(run, copy, { recursive: true });
  const resumed = await succeed("train", "--resume", "--out", copy);
  expect(resumed).toMatch(
    /^60 steps, then \d+ on all rows were done already; best validation loss .* at step \d+\.\n/,
  );
  rmSync(join(copy, "refit-checkpoint.safetensors"));
  rmSync(join(copy, "refit-metrics.jsonl"));
  const rest = await succeed("train", "--resume", "--out", copy);
  expect(rest).toMatch(/^60 steps, then (\d+) on all rows in .* m?s for the last \1; best/);
});

test("the refit trains on the rows of all parts", () => {
  const { metadata } = readSafetensors(join(run, "refit-checkpoint.safetensors"));
  expect(metadata.data).toMatch(/^f32\[90,2\] /);
  const first = readSafetensors(join(run, "checkpoint.safetensors"));
  expect(first.metadata.data).toMatch(/^f32\[72,2\] /);
});

test("the refit takes as many steps as were best on the validation rows", () => {
  const steps = (name: string, tensor: string): number | undefined =>
    readSafetensors(join(run, name)).tensors[tensor]?.item();
  expect(steps("refit-checkpoint.safetensors", "step")).toBe(
    steps("checkpoint.safetensors", "best.step"),
  );
  expect(read("refit-metrics.jsonl").trimEnd().split("\n")).toHaveLength(
    steps("checkpoint.safetensors", "best.step") ?? 0,
  );
});

test("--no-refit makes no such files, and the held-out weights are the same with and without", async () => {
  expect(existsSync(join(plain, "refit-checkpoint.safetensors"))).toBe(false);
  const bytes = (path: string): string =>
    readFileSync(join(path, "checkpoint.safetensors"), "latin1");
  expect(bytes(run) === bytes(plain)).toBe(true);
});

test("evaluate's own test rows see the held-out weights alone, sample the refitted ones", async () => {
  const [held, same] = [await evaluate(run), await evaluate(plain)];
  expect(held.lines).toEqual(same.lines);
  const argv = ["--count", "5", "--seed", "4"];
  const refitted = await succeed("sample", run, ...argv);
  expect(refitted).not.toBe(await succeed("sample", plain, ...argv));
});

/** A copy of the run with one file changed. */
function changed(name: string, change: (path: string) => void): string {
  const copy = join(folder, `changed-${name}`);
  cpSync(run, copy, { recursive: true });
  change(join(copy, name));
  return copy;
}

test("samples are in the refit's units", async () => {
  const moved = changed("refit-standardiser.json", (path) => {
    const json = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...json, mean: [json.mean[0] + 1000, json.mean[1]] }));
  });
  const first = async (path: string): Promise<number> =>
    JSON.parse(await succeed("sample", path, "--count", "1", "--json")).rows[0][0];
  expect((await first(moved)) - (await first(run))).toBeCloseTo(1000, 6);
});

test("a refit that was not begun or did not get to its end is not used yet", async () => {
  const argv = ["--count", "5", "--seed", "4"];
  const early = changed("refit-checkpoint.safetensors", (path) => {
    const { tensors, metadata } = readSafetensors(path);
    const step = tensor(19, { dtype: "u32" });
    writeSafetensors(path, { ...tensors, step }, metadata);
  });
  const plainSamples = await succeed("sample", plain, ...argv);
  expect(await succeed("sample", early, ...argv)).toBe(plainSamples);
  rmSync(join(early, "refit-checkpoint.safetensors"));
  expect(await succeed("sample", early, ...argv)).toBe(plainSamples);
});

test("evaluate says when a file's rows were trained on", async () => {
  const { notes } = await cotangent("evaluate", run, table, "--draws", "2");
  expect(notes).toBe("warning: 90 of these rows were trained on, so they are not held out\n");
  expect((await evaluate(plain, table)).seen).toBe(72);
  const fresh = join(folder, "fresh.csv");
  writeFileSync(fresh, csv(measurements(20, 9)));
  expect((await cotangent("evaluate", run, fresh, "--draws", "2")).notes).toBe("");
});

test("with nothing held out there is nothing to train again on", async () => {
  const all = join(folder, "all");
  await succeed("train", table, ...settings, "--validation", "0", "--test", "0", "--out", all);
  expect(existsSync(join(all, "refit-standardiser.json"))).toBe(false);
  expect(JSON.parse(readFileSync(join(all, "config.json"), "utf8")).training.refit).toBe(false);
});
