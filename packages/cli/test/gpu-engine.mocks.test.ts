/** --engine gpu: where steps run is told and kept, and what comes out is what the interpreter computes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { random } from "@cotangent/autodiff";
import { denoising, gaussian, mlp } from "@cotangent/losses";
import { type AsyncEngine, interpreter } from "@cotangent/training";
import { readSafetensors } from "@cotangent/training/node";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { learn, type Setting } from "../src/compare/learner.ts";
import type { CompareResult } from "../src/compare/result.ts";
import {
  childArguments,
  contents,
  cotangent,
  type Outcome,
  startCotangent,
  succeed,
  temporaryFolder,
} from "./command.ts";
import { csv, measurements } from "./measurements.ts";
import { expectRefusal } from "./refusal.ts";

/** Devices that commands of this process opened, and those that they freed. */
const count = vi.hoisted(() => ({ opened: 0, freed: 0 }));
/** Pipelines that run before the device goes away. */
const life = vi.hoisted(() => ({ calls: Number.POSITIVE_INFINITY }));
vi.mock("@cotangent/gpu-kernels", async (original) => {
  const kernels = await original<typeof import("@cotangent/gpu-kernels")>();
  return {
    ...kernels,
    async openDevice(options: Parameters<typeof kernels.openDevice>[0]) {
      const device = await kernels.openDevice(options);
      count.opened += 1;
      const destroy = (): Promise<void> => {
        count.freed += 1;
        return device.destroy();
      };
      const pipeline: typeof device.pipeline = (...args) => {
        const recorded = device.pipeline(...args);
        const run: typeof recorded.run = async (inputs) => {
          life.calls -= 1;
          if (life.calls < 0) await device.destroy();
          return recorded.run(inputs);
        };
        return { ...recorded, run };
      };
      return { ...device, destroy, pipeline };
    },
  };
});
afterEach(() => expect(count.freed).toBe(count.opened));

const folder = temporaryFolder(afterAll);
const at = (name: string): string => join(folder, name);
const table = at("measurements.csv");
const tiny = ["--hidden", "4", "--batch", "8", "--validate-every", "6", "--early-stop", "0"];
const onCpu = ["--engine", "gpu", "--backend", "cpu"];
const configOf = (run: string) => JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
const metricsOf = (run: string): { loss: number; validationLoss?: number }[] =>
  readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

let device: Outcome;

beforeAll(async () => {
  writeFileSync(table, csv(measurements(60)));
  const argv = ["train", table, ...tiny, "--steps", "12", "--no-refit"];
  await succeed(...argv, "--engine", "interpreter", "--out", at("interpreted"));
  device = await cotangent(...argv, ...onCpu, "--out", at("device"));
}, 60_000);

test("train on a device takes the interpreter's steps, up to rounding, and says where it ran", () => {
  const { code, out, notes } = device;
  expect(code, notes).toBe(0);
  const adapter = `JavaScript in Node ${process.version}`;
  expect(notes).toContain(`training steps run on cpu (${adapter})\n`);
  expect(notes).toMatch(/^training +100% {2}loss .* steps\/s on cpu$/m);
  expect(out).toMatch(
    /^12 steps in .* on cpu \(JavaScript in Node v[\d.]+\); best validation loss/,
  );
  expect(configOf(at("device")).training).toMatchObject({ engine: "gpu", backend: "cpu", adapter });
  expect(configOf(at("interpreted")).training).not.toHaveProperty("backend");

  const expected = metricsOf(at("interpreted"));
  metricsOf(at("device")).forEach(({ loss, validationLoss }, i) => {
    expect(Math.abs(loss / expected[i]!.loss - 1)).toBeLessThan(2 ** -20);
    expect(validationLoss === undefined).toBe(expected[i]!.validationLoss === undefined);
  });
  const tensorsOf = (run: string) =>
    readSafetensors(join(at(run), "checkpoint.safetensors")).tensors;
  const [got, wanted] = [tensorsOf("device"), tensorsOf("interpreted")];
  expect(Object.keys(got)).toEqual(Object.keys(wanted));
  for (const [name, { dtype, shape, data }] of Object.entries(got)) {
    const other = wanted[name]!;
    expect([dtype, shape], name).toEqual([other.dtype, other.shape]);
    const largest = Math.max(...Array.from(other.data, (x) => Math.abs(Number(x))));
    // Each of the steps rounds a few times: seven roundings were measured, and 32 are allowed.
    data.forEach((x, i) => {
      const error = Math.abs(Number(x) - Number(other.data[i]));
      expect(error, name).toBeLessThanOrEqual(2 ** -19 * largest);
    });
  }
});

test("Ctrl-C keeps what the current call trained, frees the device, and resuming ends with the bits of a run that was never stopped", async () => {
  const settings = ["--steps", "150", "--no-refit", "--validation", "0"];
  const argv = ["train", table, ...tiny, ...onCpu, ...settings];
  await succeed(...argv, "--out", at("whole"));
  const run = at("interrupted");
  const child = startCotangent(...argv, "--out", run);
  const metrics = join(run, "metrics.jsonl");
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  while (!ended && !(existsSync(metrics) && statSync(metrics).size > 0)) await wait(2);
  child.process.kill("SIGINT");
  const { code, out, notes } = await child.exited;
  expect({ code, out }, notes).toEqual({ code: 130, out: "" });
  const step = Number(/interrupted after step (\d+); continue with: /.exec(notes)?.[1]);
  expect(metricsOf(run)).toHaveLength(step);
  const adapter = configOf(run).training.adapter;
  const resumed = await cotangent("train", "--resume", "--backend", "auto", "--out", run);
  expect(resumed.code, resumed.notes).toBe(0);
  expect(resumed.notes).toContain(`training steps run on cpu (${adapter})`);
  const [got, expected] = [contents(run), contents(at("whole"))];
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, bytes] of Object.entries(expected)) {
    expect(got[name] === bytes, `${name} has the same bytes`).toBe(true);
  }
});

test("--json tells where it ran, and auto takes what answers", async () => {
  const argv = ["train", table, ...tiny, "--steps", "2", "--no-refit", "--out", at("auto")];
  const { code, out, notes } = await cotangent(...argv, "--engine", "gpu", "--json");
  expect(code, notes).toBe(0);
  const { ranOn, config } = JSON.parse(out);
  expect(ranOn).toMatchObject({ engine: "gpu", backend: expect.any(String) });
  expect(config.training).toMatchObject(ranOn);
  expect(notes).toContain(`training steps run on ${ranOn.backend} (${ranOn.adapter})`);
  if (ranOn.backend !== "webasm") return;
  expect(notes).toMatch(/^ {2}not on webgpu: /m);
  expect(notes).toContain("without a GPU, --engine cpu is the faster choice");
});

test("compare on a device ends at the interpreter's divergences, and its table and report say where", async () => {
  const argv = ["compare", "--steps", "4", "--batch", "8", "--rows", "50", "--hidden", "4"];
  const chosen = ["--objectives", "denoising,sliced", "--json"];
  const compared = async (...more: string[]): Promise<CompareResult> =>
    JSON.parse(await succeed(...argv, ...chosen, ...more, "--out", at("compare.html")));
  const interpreted = await compared("--engine", "interpreter");
  const device = await compared(...onCpu);
  const adapter = `JavaScript in Node ${process.version}`;
  expect(device.environment).toMatchObject({ engine: "gpu", backend: "cpu", adapter });
  device.runs.forEach(({ fisher, curve, millisecondsPerStep }, i) => {
    const expected = interpreted.runs[i]!;
    expect(Math.abs(fisher.value / expected.fisher.value - 1)).toBeLessThan(1e-5);
    expect(curve.map(({ step }) => step)).toEqual(expected.curve.map(({ step }) => step));
    expect(millisecondsPerStep).toBeGreaterThan(0);
  });
  const sentence = `Training steps ran on cpu (${adapter}); divergences and samples were computed on the processor.`;
  expect(readFileSync(at("compare.html"), "utf8")).toContain(sentence);
  writeFileSync(at("compare.json"), JSON.stringify(device));
  const text = await succeed("compare", "--from", at("compare.json"), "--out", at("again.html"));
  expect(text).toMatch(/^denoising .* gpu, cpu$/m);
  expect(text).toContain(sentence);
});

test("compare on an engine of several steps a call evaluates where it always does, on the same weights", async () => {
  const key = random.key(1);
  const settings = {
    steps: 120,
    batch: 4,
    hidden: [3],
    activation: "tanh",
    learningRate: 0.01,
    ema: 0.9,
  };
  const others = { sigma: 0.2, radius: 0.1, projections: 1, rows: 50, seed: 2, evaluationRows: 10 };
  const network = mlp({ sizes: [2, 3, 2], activation: "tanh" });
  const curveOf = async (engine: Setting["engine"]) => {
    const learner = learn(denoising(network.score, { noise: gaussian(0.5) }), {
      settings: { ...settings, ...others } as Setting["settings"],
      network,
      engine,
      host: interpreter,
      data: random.normal(random.foldIn(key, 0), [50, 2]),
      probe: random.normal(random.foldIn(key, 1), [10, 2]),
    });
    for (;;) {
      const { done, value } = await learner.next();
      if (done) return value.curve.map(({ step, loss, fisher }) => [step, loss, fisher]);
    }
  };
  const compile: AsyncEngine["compile"] =
    (f) =>
    async (...args) =>
      f(...args);
  const expected = await curveOf(interpreter);
  expect(expected).toHaveLength(41);
  expect(await curveOf({ name: "promised", stepsPerCall: 2, compile })).toEqual(expected);
});

test("a device is freed when what it ran fails", async () => {
  const { opened } = count;
  const argv = ["train", table, ...tiny, ...onCpu, "--steps", "9", "--learning-rate", "1e300"];
  const { code, notes } = await cotangent(...argv, "--out", at("diverged"));
  expect(code).toBe(1);
  expect(notes.trimEnd().split("\n").at(-1)).toMatch(
    /^cotangent: .*diverged: the .* at step \d+ is \S+, expected a finite number; give a smaller --learning-rate/,
  );
  expect(count).toEqual({ opened: opened + 1, freed: opened + 1 });
});

test("a device that goes away leaves a run that continues to the bits of one that was never stopped", async () => {
  const argv = ["train", table, ...tiny, "--steps", "12", "--no-refit", ...onCpu];
  const run = at("lost");
  life.calls = 3;
  const { code, notes } = await cotangent(...argv, "--out", run);
  life.calls = Number.POSITIVE_INFINITY;
  expect(code).toBe(1);
  expect(notes.trimEnd().split("\n").at(-1)).toBe(
    `cotangent: ${run}: compiled trainingSteps: expected an open cpu device, this one is destroyed; continue with: cotangent train --resume --out ${run}`,
  );
  await succeed("train", "--resume", "--out", run);
  const [got, expected] = [contents(run), contents(at("device"))];
  for (const [name, bytes] of Object.entries(expected))
    expect(got[name] === bytes, `${name} has the same bytes`).toBe(true);
});

const refusals: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  [
    "a backend of another engine",
    ["train", table, "--backend", "webgpu", "--out", at("none")],
    2,
    /^cotangent: --backend belongs to --engine gpu, and the engine is cpu$/,
  ],
  [
    "a backend of another engine in compare",
    ["compare", "--backend", "cpu", "--engine", "interpreter", "--out", at("none.html")],
    2,
    /^cotangent: --backend belongs to --engine gpu, and the engine is interpreter$/,
  ],
  [
    "an unknown backend",
    ["train", table, "--engine", "gpu", "--backend", "cuda", "--out", at("none")],
    2,
    /argument 'cuda' is invalid. Allowed choices are auto, webgpu, webgl2, headlessgl, webasm, cpu/,
  ],
  [
    "a backend that Node has not, with what to choose instead",
    ["train", table, "--engine", "gpu", "--backend", "webgl2", "--out", at("none")],
    1,
    /^cotangent: --engine gpu: webgl2 does not answer: .*; or take --backend webasm or cpu, which are everywhere, or --engine cpu$/,
  ],
  [
    "the engine for what is no training",
    ["lecture", "--engine", "gpu"],
    2,
    /argument 'gpu' is invalid. Allowed choices are cpu, interpreter/,
  ],
];

test.each(refusals)("%s is refused", async (_, argv, code, sentence) => {
  await expectRefusal(folder, argv, code, sentence);
});

test("a device's run is not resumed elsewhere, nor is another one's on a device", async () => {
  const refuses = (run: string, more: readonly string[], sentence: RegExp): Promise<void> =>
    expectRefusal(folder, ["train", "--resume", "--out", at(run), ...more], 2, sentence);
  await refuses("device", ["--engine", "cpu"], /the run has --engine gpu, not cpu/);
  await refuses("device", ["--backend", "webasm"], /the run has --backend cpu, not webasm/);
  await refuses("interpreted", ["--engine", "gpu"], /the run has --engine interpreter, not gpu/);
  await refuses(
    "interpreted",
    ["--backend", "cpu"],
    /--backend belongs to --engine gpu, and the engine/,
  );
});

test("where a run's backend does not answer, resuming advises what it can do", async () => {
  const run = at("elsewhere");
  cpSync(at("device"), run, { recursive: true });
  const path = join(run, "config.json");
  const config = configOf(run);
  writeFileSync(
    path,
    JSON.stringify({ ...config, training: { ...config.training, backend: "webgl2" } }),
  );
  const argv = ["train", "--resume", "--out", run];
  const sentence =
    /^cotangent: --engine gpu: webgl2 does not answer: .*; a run goes on where it began: make that answer, or train anew into another --out$/;
  await expectRefusal(folder, argv, 1, sentence);
});

test("a run that goes on with another adapter is told that its bits may differ", async () => {
  cpSync(at("device"), at("moved"), { recursive: true });
  const config = configOf(at("moved"));
  const training = { ...config.training, adapter: "JavaScript elsewhere" };
  writeFileSync(join(at("moved"), "config.json"), JSON.stringify({ ...config, training }));
  const warning = /warning: the run began on cpu \(JavaScript elsewhere\): .* to rounding/;
  const notesOf = async (run: string) =>
    (await cotangent("train", "--resume", "--out", at(run))).notes;
  expect(await notesOf("moved")).toMatch(warning);
  expect(await notesOf("device")).not.toContain("warning");
});

test("settings whose backend is missing, or belongs to another engine, are refused", async () => {
  cpSync(at("device"), at("kept"), { recursive: true });
  const config = configOf(at("kept"));
  for (const training of [
    { ...config.training, backend: undefined },
    { ...config.training, backend: "cuda" },
    { ...config.training, adapter: 3 },
    { ...config.training, engine: "cpu" },
  ]) {
    writeFileSync(join(at("kept"), "config.json"), JSON.stringify({ ...config, training }));
    await expectRefusal(
      folder,
      ["train", "--resume", "--out", at("kept")],
      1,
      /config\.json: expected training\.backend and training\.adapter, of engine gpu and no other/,
    );
  }
});

/** Runs the command in a process in which these modules cannot be found. */
async function without(modules: readonly string[], ...argv: readonly string[]) {
  const hooks = `const absent = ${JSON.stringify(modules)};
    export async function resolve(name, context, next) {
      if (!absent.includes(name)) return next(name, context);
      throw new Error("Cannot find package '" + name + "'");
    }`;
  const url = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
  const preload = `import { register } from "node:module"; register(${JSON.stringify(url(hooks))});`;
  const child = spawn(process.execPath, ["--import", url(preload), ...childArguments(argv)]);
  let notes = "";
  child.stderr.on("data", (text) => {
    notes += text;
  });
  child.stdout.resume();
  const [code] = await once(child, "close");
  return { code, notes };
}

test("without gpu.js, --engine gpu says in a sentence how to install it, and nothing is written", async () => {
  const out = ["--out", at("none")];
  const { code, notes } = await without(["gpu.js"], "train", table, "--engine", "gpu", ...out);
  expect(notes).toMatch(
    /^cotangent: --engine gpu: gpu\.js cannot be loaded \(Cannot find package 'gpu\.js'\); install it.*: npm install gpu\.js@\S+; or take --engine cpu\n$/,
  );
  expect(code).toBe(1);
  expect(existsSync(at("none"))).toBe(false);
});

test("the other engines load neither gpu.js nor its kernels", async () => {
  const argv = ["train", table, ...tiny, "--steps", "2", "--out", at("light")];
  const { code, notes } = await without(["gpu.js", "@cotangent/gpu-kernels"], ...argv);
  expect(code, notes).toBe(0);
});
