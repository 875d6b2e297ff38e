import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CompareResult, ObjectiveRun } from "../src/compare/result.ts";
import { summaryText } from "../src/compare/summary.ts";
import { closestText } from "../src/compare/verdict.ts";
import { objectiveNames } from "../src/objectives.ts";
import { reportDocument } from "../src/report/document.ts";
import { explain } from "../src/report/explanations.ts";
import { cotangent, succeed, temporaryFolder } from "./command.ts";

const small = ["--steps", "6", "--batch", "16", "--rows", "200", "--hidden", "8"];
const folder = temporaryFolder(afterAll);
const report = join(folder, "report.html");
const saved = join(folder, "compare.json");
let result: CompareResult;

beforeAll(async () => {
  const out = await succeed("compare", ...small, "--seed", "3", "--json", "--out", report);
  writeFileSync(saved, out);
  result = JSON.parse(out);
});

/** What the seed decides: everything but the times. */
function decided({ problem, runs }: CompareResult): unknown {
  return {
    problem,
    runs: runs.map(({ millisecondsPerStep: _, seconds: __, curve, ...run }) => ({
      ...run,
      curve: curve.map(({ seconds: _, ...point }) => point),
    })),
  };
}

test("--json holds the true Fisher divergence of every objective, and the zero score's", () => {
  expect(result.runs.map(({ name }) => name)).toEqual([...objectiveNames]);
  const { zeroDivergence } = result.problem;
  expect(zeroDivergence).toBeGreaterThan(0);
  for (const { name, fisher, relative, millisecondsPerStep, curve } of result.runs) {
    expect(fisher.value, name).toBeGreaterThan(0);
    expect(fisher.standardError, name).toBeGreaterThan(0);
    expect(relative, name).toBeCloseTo(fisher.value / zeroDivergence, 12);
    expect(millisecondsPerStep, name).toBeGreaterThan(0);
    expect(curve.at(-1)?.step, name).toBe(6);
  }
});

test("every objective has the same budget and network, and the command line is kept", () => {
  expect(result.settings).toMatchObject({ steps: 6, batch: 16, rows: 200, hidden: [8], seed: 3 });
  expect(result.command).toContain("compare --steps 6");
});

test("the same seed gives the same numbers again, another seed others", async () => {
  const again = async (seed: string): Promise<CompareResult> =>
    JSON.parse(
      await succeed(
        ...["compare", ...small, "--seed", seed, "--objectives", "sliced-reduced", "--json"],
        ...["--out", join(folder, "again.html")],
      ),
    );
  const part = { ...result, runs: result.runs.filter(({ name }) => name === "sliced-reduced") };
  expect(decided(await again("3"))).toEqual(decided(part));
  expect((await again("4")).runs[0]?.fisher.value).not.toBe(part.runs[0]?.fisher.value);
});

test("the report loads nothing from elsewhere and draws every objective", () => {
  const html = readFileSync(report, "utf8");
  expect(html).toMatch(/^<!doctype html>/i);
  const loads = /<(?!a\b)[^>]*\b(?:src|srcset|href|data|action)\s*=\s*["']?\s*(?:https?:)?\/\//i;
  expect(html).not.toMatch(loads);
  expect(html).not.toMatch(
    /<(?:link|iframe|object|embed)\b|@import|url\(\s*["']?(?:https?:)?\/\//i,
  );
  expect(html).not.toMatch(/\bfetch\(|XMLHttpRequest|import\(/);
  expect(html.match(/<svg\b/g)?.length).toBeGreaterThan(2 * objectiveNames.length);
  for (const name of objectiveNames) expect(html, name).toContain(explain(name).title);
});

test("no coordinate in the report's drawings is NaN, infinite or undefined", () => {
  const drawings = readFileSync(report, "utf8").match(/<svg\b.*?<\/svg>/gs) ?? [];
  for (const drawing of drawings)
    expect(drawing).not.toMatch(/="[^"]*\b(NaN|Infinity|undefined)\b/);
});

test("--from draws the same report again from what --json printed", async () => {
  const redrawn = join(folder, "redrawn.html");
  const out = await succeed("compare", "--from", saved, "--out", redrawn);
  expect(readFileSync(redrawn, "utf8")).toBe(readFileSync(report, "utf8"));
  for (const name of objectiveNames) expect(out).toMatch(new RegExp(`^${name} +[\\d.]+ `, "m"));
  expect(out).toContain(`Report: ${redrawn}`);
});

test("--figure writes the main figure as one SVG that stands alone", async () => {
  const figure = join(folder, "figure.svg");
  await succeed("compare", "--from", saved, "--out", report, "--figure", figure);
  const svg = readFileSync(figure, "utf8");
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).not.toMatch(/\b(?:src|href)="(?:https?:)?\/\//);
  for (const name of objectiveNames) expect(svg).toContain(explain(name).title);
});

test("away from a terminal, progress is a few plain lines on stderr and the table is on stdout", async () => {
  const path = join(folder, "plain.html");
  const chosen = ["--objectives", "denoising", "--steps", "40", "--hidden", "4"];
  const options = ["--batch", "8", "--rows", "100", "--out", path];
  const { code, out, notes } = await cotangent("compare", ...chosen, ...options);
  expect(code).toBe(0);
  for (const control of ["\u001b", "\r", "\b"]) expect(out + notes).not.toContain(control);
  const shown = notes.trimEnd().split("\n");
  expect(shown).toHaveLength(4);
  for (const line of shown) expect(line).toMatch(/^denoising +\d+% {2}loss /);
  expect(out).toMatch(/^objective +Fisher divergence/);
  expect(out).toMatch(/^denoising +[\d.]+ /m);
  expect(statSync(path).size).toBeGreaterThan(10_000);
});

test("--ema 0 keeps no moving average: the last weights are measured", async () => {
  const one = ["--objectives", "sliced", "--json", "--out", join(folder, "ema.html")];
  const fisher = async (...more: string[]): Promise<unknown> =>
    JSON.parse(await succeed("compare", ...small, ...one, ...more)).runs[0].fisher;
  // A decay this small leaves the last weights alone too, up to rounding; the usual one does not.
  const [none, least, usual] = [
    await fisher("--ema", "0"),
    await fisher("--ema", "1e-300"),
    await fisher(),
  ];
  expect(none).toEqual(least);
  expect(none).not.toEqual(usual);
});

test("a training that diverges names the objective and the option to change", async () => {
  const argv = [...small, "--objectives", "implicit", "--learning-rate", "1e300"];
  const { code, out, notes } = await cotangent(
    "compare",
    ...argv,
    "--out",
    join(folder, "no.html"),
  );
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(notes.trimEnd().split("\n").at(-1)).toMatch(
    /^cotangent: implicit: the .* at step \d+ is \S+, expected a finite number; give a smaller --learning-rate$/,
  );
});

const refusals: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  [
    "an unknown objective is refused with the known ones",
    ["--objectives", "implicit,magic"],
    2,
    /"magic" is none of implicit, sliced/,
  ],
  [
    "a report in a missing folder is refused before training",
    ["--out", join(folder, "no", "such.html")],
    1,
    /such\.html: its folder: .*no such file or folder/,
  ],
  [
    "a report over a folder is refused before training",
    ["--out", folder],
    1,
    /this is a folder, and a file was expected/,
  ],
  [
    "a report where no file can be made is refused before training",
    ["--out", "/proc/report.html"],
    1,
    /^cotangent: cannot write \/proc\/report\.html: no file can be made there; choose another place$/m,
  ],
  [
    "a report over another file is refused before training",
    ["--out", saved],
    1,
    /^cotangent: .*compare\.json: is another page than a report of compare; move it/m,
  ],
  [
    "a figure over another file is refused before training",
    ["--figure", saved],
    1,
    /^cotangent: .*compare\.json: is another file than a figure of compare; move it/m,
  ],
  [
    "--from of a missing file names it",
    ["--from", join(folder, "absent.json")],
    1,
    /absent\.json: there is no such file/,
  ],
  [
    "--from of a report is refused",
    ["--from", report],
    1,
    /report\.html: expected JSON that compare --json printed/,
  ],
];

test.each(refusals)("%s", async (_, options, expected, sentence) => {
  const out = options.includes("--out") ? [] : ["--out", join(folder, "never.html")];
  const outcome = await cotangent("compare", ...small, ...options, ...out);
  expect(outcome.code).toBe(expected);
  expect(outcome.out).toBe("");
  expect(outcome.notes).toMatch(sentence);
  expect(outcome.notes).not.toMatch(/^ +at /m);
});

test("what is within two standard errors of the closest is not told apart from it", () => {
  const [a, b, c] = result.runs as [ObjectiveRun, ObjectiveRun, ObjectiveRun];
  const ran = (run: ObjectiveRun, value: number, relative: number): ObjectiveRun => ({
    ...run,
    fisher: { value, standardError: 0.03 },
    relative,
  });
  const said = (...runs: ObjectiveRun[]): string => closestText({ ...result, runs });
  // √(0.03² + 0.03²) = 0.0424: 2.584 is 2.003 of them from 2.499, 2.58 is 1.91.
  const near = said(ran(a, 2.58, 0.64), ran(b, 2.584, 0.64), ran(c, 2.499, 0.62));
  expect(near).toBe(
    "Closest to the truth: sliced-reduced and implicit, at 62% to 64% of the zero score’s " +
      "divergence; they are not told apart: the differences are within two standard errors.",
  );
  expect(said(ran(a, 2.6, 0.64), ran(b, 2.4, 0.6))).toBe(
    "Closest to the truth: sliced, at 60% of the zero score’s divergence.",
  );
  const ties = { ...result, runs: [ran(a, 2.49, 0.62), ran(b, 2.5, 0.62)] };
  const sentence = /implicit and sliced, at 62% of .* not told apart/;
  expect(summaryText(ties)).toMatch(sentence);
  expect(reportDocument(ties)).toMatch(sentence);
});

test("--from of other JSON is refused", async () => {
  const other = join(folder, "other.json");
  writeFileSync(other, "null\n");
  const { code, notes } = await cotangent("compare", "--from", other, "--out", report);
  expect(code).toBe(1);
  expect(notes).toMatch(
    /other\.json: expected a result that compare --json printed, got other JSON/,
  );
});
