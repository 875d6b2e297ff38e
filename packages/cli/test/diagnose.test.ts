/** What train says of the gradient's noise, the projections and the level that the score fits. */
import { join } from "node:path";
import { random, type Tensor } from "@cotangent/autodiff";
import * as losses from "@cotangent/losses";
import { afterAll, expect, test } from "vitest";
import { openRun, type Run } from "../src/run/load.ts";
import { finalNotes, startingNotes } from "../src/train/diagnose.ts";
import { cotangent, temporaryFolder } from "./command.ts";

const folder = temporaryFolder(afterAll);
let runs = 0;

async function trained(...argv: readonly string[]): Promise<{ notes: string; run: Run }> {
  const out = join(folder, `run-${runs++}`);
  const { code, notes } = await cotangent(
    "train",
    "moons",
    "--rows",
    "800",
    ...argv,
    "--no-refit",
    "--out",
    out,
  );
  expect(code, notes).toBe(0);
  return { notes, run: openRun(out) };
}

test("a σ that is too small for the batch is warned about, and a usual one is not", async () => {
  const short = ["--steps", "3", "--batch", "32"];
  const { notes } = await trained("--sigma", "0.003", ...short);
  expect(notes).toMatch(
    /warning: σ = 0\.0030? is too small for batches of 32 rows.*give a larger --sigma or --batch/,
  );
  expect((await trained("--sigma", "0.5", ...short)).notes).not.toContain("warning");
  const ladder = (await trained(...short)).notes;
  expect(ladder).not.toMatch(/too small|passes for/);
});

test("a projected objective is told what its projections cost", async () => {
  const { notes, run } = await trained("--objective", "sliced", "--steps", "3");
  expect(notes).toMatch(
    /1 projection per row: the data make \d+% of the gradient's variance; more --projections help/,
  );
  expect(notes).not.toContain("warning: the samples");

  // The same objective with one direction for all rows of a batch.
  const shared: losses.Projection = (key, [slices = 1, rows = 1, d = 1], options) =>
    losses.rademacher(key, [slices, 1, d], options).broadcastTo([slices, rows, d]);
  const objective = losses.sliced(run.model.score, { distribution: shared });
  const wrong = { ...run, model: { ...run.model, objective } };
  expect(startingNotes(wrong).join("\n")).toMatch(
    /warning: the samples of a batch share their random draws/,
  );
});

test("after training the level that the score fits is told: near the one it was trained at", async () => {
  const { notes } = await trained("--sigma", "0.5", "--steps", "400");
  const level = Number(/trained at σ = 0\.50, passes for .* σ ≈ (\d\.\d+)/.exec(notes)?.[1]);
  expect(Math.abs(level - 0.5)).toBeLessThan(0.15);
  expect(notes).not.toContain("points away");
});

test("a level of next to nothing is told in words", async () => {
  const { run } = await trained("--objective", "implicit", "--steps", "2");
  // Of standardised data: twice as steep as that of a Gaussian.
  const steep = { ...run, model: { ...run.model, score: (_: unknown, x: Tensor) => x.mul(-2) } };
  const params = run.model.init(random.key(0));
  expect(finalNotes(steep, params)).toEqual([
    "the score, trained without noise, is at least as steep as that of the data without noise: it does not blur them",
  ]);
  const noisy = await trained("--sigma", "0.5", "--steps", "2");
  const model = { ...noisy.run.model, score: steep.model.score };
  expect(finalNotes({ ...noisy.run, model }, params)).toEqual([
    expect.stringMatching(/trained at σ = 0\.50, is at least as steep .* too steep for that noise/),
  ]);
});

test("a score of the wrong sign is warned about", async () => {
  const { run } = await trained("--sigma", "0.5", "--steps", "2");
  const energy = (_: unknown, x: Tensor): Tensor => x.square().sum(-1).mul(0.5);
  const wrong = { ...run, model: { ...run.model, score: losses.scoreOf(energy) } };
  const notes = finalNotes(wrong, run.model.init(random.key(0))).join("\n");
  expect(notes).toContain("warning: the score points away from the data");
});
