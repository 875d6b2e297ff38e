/** From a table to a run folder, samples, denoised rows and held-out losses. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@cotangent/training/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cotangent, succeed, temporaryFolder } from "./command.ts";
import { centre, columns, csv, measurements, parseCsv, spread } from "./measurements.ts";

const folder = temporaryFolder(afterAll);
const table = join(folder, "measurements.csv");
const run = join(folder, "runs", "measured");
const tiny = ["--hidden", "8", "--batch", "32"];

beforeAll(async () => {
  writeFileSync(table, csv(measurements(240)));
  await succeed("train", table, "--steps", "120", ...tiny, "--out", run);
});

const text = (name: string): string => readFileSync(join(run, name), "utf8");

test("a run folder keeps settings, units, the rows, metrics line by line, and the weights", () => {
  const config = JSON.parse(text("config.json"));
  expect(config.data).toMatchObject({ source: table, columns, hasHeader: true });
  expect(config.model).toMatchObject({ objective: "denoising", hidden: [8], dimension: 2 });
  const metrics = text("metrics.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 120 }, (_, k) => k + 1));
  expect(metrics.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  const { tensors } = readSafetensors(join(run, "checkpoint.safetensors"));
  expect(Object.keys(tensors).length).toBeGreaterThan(0);
});

test("the three parts of a run are together the rows of the table, each once and unchanged", () => {
  const parts = ["train.csv", "validation.csv", "test.csv"].map((name) => parseCsv(text(name)));
  const sorted = (rows: number[][]): string[] => rows.map((row) => row.join()).toSorted();
  expect(sorted(parts.flatMap(({ rows }) => rows))).toEqual(sorted(measurements(240)));
  expect(parts.map(({ rows }) => rows.length)).toEqual([192, 24, 24]);
});

test("samples come back in the data's units, under its header", async () => {
  const { header, rows } = parseCsv(await succeed("sample", run, "--count", "200"));
  expect(header).toBe(columns.join(","));
  expect(rows).toHaveLength(200);
  columns.forEach((name, j) => {
    const mean = rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / rows.length;
    expect(Math.abs(mean - (centre[j] ?? 0)) / (spread[j] ?? 1), name).toBeLessThan(0.4);
  });
});

test("--out writes the samples that stdout would have, and the same seed the same ones", async () => {
  const out = join(folder, "samples.csv");
  const options = ["--count", "7", "--steps", "3", "--seed", "5"];
  const printed = await succeed("sample", run, ...options);
  expect(await succeed("sample", run, ...options, "--out", out)).toBe("");
  expect(readFileSync(out, "utf8")).toBe(printed);
  expect(await succeed("sample", run, ...options.with(-1, "6"))).not.toBe(printed);
  const json = JSON.parse(await succeed("sample", run, ...options, "--json"));
  expect(json).toMatchObject({ count: 7, columns, rows: parseCsv(printed).rows });
});

test("denoising rows brings them closer to the clean ones", async () => {
  const options = ["--sigma", "0.8", "--add-noise", "--json"];
  const { errors, rows } = JSON.parse(await succeed("denoise", run, table, ...options));
  expect(rows).toHaveLength(240);
  expect(errors.noisy).toBeCloseTo(0.8, 1);
  expect(errors.denoised).toBeLessThan(0.95 * errors.noisy);
});

test("denoised rows keep the data's units, order and header", async () => {
  const { header, rows } = parseCsv(await succeed("denoise", run, table, "--sigma", "0.05"));
  expect(header).toBe(columns.join(","));
  measurements(240).forEach((clean, i) => {
    clean.forEach((value, j) => {
      const moved = Math.abs((rows[i]?.[j] ?? Number.NaN) - value) / (spread[j] ?? 1);
      expect(moved).toBeLessThan(0.5);
    });
  });
});

test("evaluate sets the model beside the Gaussian fit, on the run's test rows or on a file's", async () => {
  const own = JSON.parse(await succeed("evaluate", run, "--draws", "8", "--json"));
  expect(own).toMatchObject({ step: 120, rows: 24 });
  expect(own.lines.length).toBeGreaterThan(1);
  for (const { model, gaussian } of own.lines) {
    expect(Number.isFinite(model.value + model.standardError + gaussian.value)).toBe(true);
  }
  const file = join(folder, "more.csv");
  writeFileSync(file, csv(measurements(50, 2)));
  const out = await succeed("evaluate", run, file, "--draws", "8");
  expect(out).toContain(`50 held-out rows (${file})`);
  expect(out).toMatch(/^objective +σ +model +Gaussian fit/m);
});

test("train --json prints one JSON value with the run and how it ended", async () => {
  const out = join(folder, "json");
  const record = JSON.parse(
    await succeed(
      "train",
      "moons",
      "--rows",
      "60",
      "--steps",
      "3",
      ...tiny,
      "--out",
      out,
      "--json",
    ),
  );
  expect(record).toMatchObject({ run: out, step: 3, config: { kind: "cotangent-run" } });
});

test("the same seed trains the same weights, another seed others", async () => {
  const weights = async (name: string, seed: string): Promise<string> => {
    const out = join(folder, name);
    await succeed("train", table, "--steps", "4", ...tiny, "--seed", seed, "--out", out);
    return readFileSync(join(out, "checkpoint.safetensors"), "latin1");
  };
  const first = await weights("seed-a", "1");
  expect((await weights("seed-b", "1")) === first).toBe(true);
  expect((await weights("seed-c", "2")) === first).toBe(false);
});

test("a run is replaced only with --overwrite", async () => {
  const out = join(folder, "twice");
  const again = ["train", "rings", "--rows", "40", "--steps", "2", ...tiny, "--out", out];
  await succeed(...again);
  const before = readFileSync(join(out, "config.json"), "utf8");
  const { code, notes } = await cotangent(...again, "--seed", "9");
  expect(code).toBe(1);
  expect(notes).toMatch(
    /holds a run already; continue it with --resume, replace it with --overwrite/,
  );
  expect(readFileSync(join(out, "config.json"), "utf8")).toBe(before);
  await succeed(...again, "--seed", "9", "--overwrite");
  expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8")).training.seed).toBe(9);
});
