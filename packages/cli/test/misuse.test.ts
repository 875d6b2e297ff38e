/** Arguments that make no sense: exit code 2, a sentence that names the option, and nothing done. */
import { existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cotangent, startCotangent } from "./command.ts";
import { refusalSite } from "./refusal.ts";

const { at, refuses } = refusalSite({ run: [], fixed: ["--sigma", "0.3"] });

const usage: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["a step size for the flow", ["sample", at("run"), "--step-size", "1"], /--sampler langevin/],
  [
    "the flow for a run of one noise level",
    ["sample", at("fixed"), "--sampler", "flow"],
    /needs a run that was trained on a range of noise levels/,
  ],
  ["an unknown command", ["trian"], /unknown command 'trian'/],
  ["an unknown option", ["train", "moons", "--fast"], /unknown option '--fast'/],
  [
    "an unknown objective",
    ["train", "moons", "--objective", "magic"],
    /'magic' is invalid.*implicit, sliced/,
  ],
  ["an unknown activation", ["train", "moons", "--activation", "step"], /'step' is invalid.*tanh/],
  [
    "negative steps",
    ["train", "moons", "--steps", "-5"],
    /--steps .*'-5' is invalid.*whole number of at least 1/,
  ],
  [
    "steps that are no whole number",
    ["train", "moons", "--steps", "1.5"],
    /--steps .*whole number/,
  ],
  [
    "both steps and epochs",
    ["train", "moons", "--steps", "5", "--epochs", "1"],
    /cannot be used with/,
  ],
  [
    "a sigma of zero",
    ["train", "moons", "--sigma", "0"],
    /--sigma .*'0' is invalid.*level above 0/,
  ],
  ["a sigma that is text", ["train", "moons", "--sigma", "big"], /--sigma .*'big' is invalid/],
  ["a negative sigma", ["train", "moons", "--sigma=-1"], /--sigma .*'-1' is invalid/],
  ["a range with equal ends", ["train", "moons", "--sigma", "1..1"], /--sigma .*'1..1' is invalid/],
  ["a range with an open end", ["train", "moons", "--sigma", "1.."], /--sigma .*'1..' is invalid/],
  [
    "a sigma for an objective without noise",
    ["train", "moons", "--objective", "sliced", "--sigma", "1"],
    /--sigma belongs to --objective denoising/,
  ],
  ["a decay of 1", ["train", "moons", "--ema", "1"], /--ema .*at least 0 and below 1/],
  [
    "shares that leave no rows to train on",
    ["train", "moons", "--validation", "0.5", "--test", "0.45"],
    /must leave at least a tenth/,
  ],
  ["widths with a gap", ["train", "moons", "--hidden", "8,,8"], /--hidden .*'8,,8' is invalid/],
  [
    "a seed beyond 32 bits",
    ["train", "moons", "--seed", "4294967296"],
    /--seed .*whole number from 0 to 4294967295/,
  ],
  ["no data", ["train"], /train needs DATA/],
  ["two tables", ["train", "moons", "rings"], /too many arguments/],
  ["a count of zero samples", ["sample", "RUN", "--count", "0"], /--count .*at least 1/],
  ["no run", ["sample"], /missing required argument 'run'/],
  [
    "no noise level for a ladder",
    ["denoise", "RUN", "TABLE"],
    /denoise needs --sigma, from 0\.05 to 3/,
  ],
  [
    "a noise level beyond the ladder",
    ["denoise", "RUN", "TABLE", "--sigma", "9"],
    /this run learned σ from 0\.05 to 3/,
  ],
];

test.each(usage)("%s is used wrongly and exits with 2", async (_, argv, sentence) => {
  const named = argv.map((word) =>
    word === "RUN" ? at("run") : word === "TABLE" ? at("table.csv") : word,
  );
  const out = ["train"].includes(named[0] ?? "") ? ["--out", at("run"), "--overwrite"] : [];
  await refuses([...named, ...out], 2, sentence);
});

test("a process ends with the same codes, one sentence, and a stack only with --debug", async () => {
  const bad = at("bad.csv");
  writeFileSync(bad, "a,b\n1,2\n3,four\n");
  const argv = ["train", bad, "--out", at("child")];
  const children = [startCotangent(...argv), startCotangent("train", "--steps", "x")];
  const [failed, misused] = await Promise.all(children.map(({ exited }) => exited));
  expect(failed).toMatchObject({ code: 1, out: "" });
  expect(failed?.notes).toMatch(/^cotangent: .*bad\.csv, line 3, column 2 .*\n$/);
  expect(misused).toMatchObject({ code: 2, out: "" });
  expect(existsSync(at("child"))).toBe(false);
  expect((await cotangent("--debug", ...argv)).notes).toMatch(/^ +at /m);
});
