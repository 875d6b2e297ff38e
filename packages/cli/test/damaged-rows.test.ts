/** Tables with damaged cells: told with their lines, kept or left out, and remembered. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cotangent, temporaryFolder } from "./command.ts";
import { columns, csv, measurements, parseCsv } from "./measurements.ts";

const folder = temporaryFolder(afterAll);
const table = join(folder, "damaged.csv");
const tiny = ["--steps", "2", "--batch", "16", "--hidden", "4"];
// Two lost decimal points: 0.00… of the second column became 204 and 197.
const rows = measurements(80).map(([a = 0, b = 0], i) => [a, i === 6 ? 204 : i === 40 ? 197 : b]);

beforeAll(() => writeFileSync(table, csv(rows)));

async function trained(name: string, ...argv: readonly string[]) {
  const run = join(folder, name);
  const { code, notes } = await cotangent("train", table, ...tiny, ...argv, "--out", run);
  expect(code, notes).toBe(0);
  const parts = ["train", "validation", "test"].map((part) =>
    parseCsv(readFileSync(join(run, `${part}.csv`), "utf8")),
  );
  const config = JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
  return { notes, config, kept: parts.flatMap((part) => part.rows) };
}

test("damaged values are told with column, lines and median, and kept by default", async () => {
  const { notes, config, kept } = await trained("kept");
  const warning = `warning: ${columns[1]}: 204 (line 8), 197 (line 42): far from the column's median, 0.00`;
  expect(notes).toContain(warning);
  expect(notes).toContain("2 of 80 rows hold such values: --outliers drop leaves them out");
  expect(config.data.outliers).toBe("keep");
  expect(kept).toHaveLength(80);
});

test("--outliers drop leaves their rows out of every part and says so", async () => {
  const { notes, config, kept } = await trained("dropped", "--outliers", "drop");
  expect(notes).toContain(`${columns[1]}: 204 (line 8), 197 (line 42)`);
  expect(notes).toContain("2 of 80 rows hold such values and are left out (--outliers drop)");
  expect(config.data.outliers).toBe("drop");
  const expected = rows.filter((_, i) => i !== 6 && i !== 40);
  const sorted = (x: number[][]): string[] => x.map((row) => row.join()).toSorted();
  expect(sorted(kept)).toEqual(sorted(expected));
});

test("a table without damage has no such warnings", async () => {
  const { notes } = await cotangent(
    "train",
    "moons",
    "--rows",
    "60",
    ...tiny,
    "--out",
    `${folder}/m`,
  );
  expect(notes).not.toMatch(/warning|outliers/);
});
