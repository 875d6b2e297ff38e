/** `cotangent bench`: what it says of its times, not how short they are. */
import { availableParallelism } from "node:os";
import { beforeAll, expect, test } from "vitest";
import type { BenchResult } from "../src/bench/result.ts";
import { alternate, ratio, spread } from "../src/bench/rounds.ts";
import { cotangent, startCotangent } from "./command.ts";

const quick = ["bench", "--quick", "--only", "denoising,matmul"];
let result: BenchResult;
let notes: string;

beforeAll(async () => {
  const outcome = await cotangent(...quick, "--threads", "2", "--json");
  expect(outcome.code).toBe(0);
  notes = outcome.notes;
  result = JSON.parse(outcome.out);
});

test("--json holds a time of every engine on every task, and ratios to the compiled step", () => {
  expect(result.tasks.map(({ name }) => name)).toEqual([
    ...["matmul 128", "matmul 512"],
    "denoising [2,128,256]",
  ]);
  for (const { part, name, timings, firstCall, flops } of result.tasks) {
    const engines = timings.map(({ engine, threads }) => `${engine} ${threads}`);
    const interpreter = part === "matmul" ? [] : ["interpreter 1"];
    expect(engines, name).toEqual(["cpu 1", "cpu 2", ...interpreter]);
    expect(timings[0]?.ratio, name).toEqual({ median: 1, lower: 1, upper: 1 });
    expect(firstCall, name).toBeGreaterThan(0);
    for (const { milliseconds, gflops } of timings) {
      expect(milliseconds.lower, name).toBeGreaterThan(0);
      expect(milliseconds.median, name).toBeLessThanOrEqual(milliseconds.upper);
      // Medians of one set of rounds: the rate is the work over the time.
      expect(gflops * milliseconds.median * 1e6, name).toBeCloseTo(flops, -1);
    }
  }
});

test("products are counted as 2 n³, and steps as at least 3 passes of three products", () => {
  expect(result.tasks[0]?.flops).toBe(2 * 128 ** 3);
  const [d, hidden, batch] = result.tasks[2]!.sizes as [number, number, number];
  // Forward, to the parameters, and to the inputs of all layers but the first.
  const products = 2 * batch * hidden * (3 * (2 * d + hidden) - d);
  expect(result.tasks[2]?.flops).toBeGreaterThan(products);
  expect(result.tasks[2]?.flops).toBeLessThan(1.2 * products);
});

test("the longest kernels of a step come first and say what they compute", () => {
  const [longest, ...rest] = result.tasks[2]!.kernels.map((kernel) => kernel.milliseconds!);
  expect(longest).toBeGreaterThanOrEqual(Math.max(...rest));
  expect(result.tasks[2]!.kernels.some(({ operations }) => operations.includes("matmul"))).toBe(
    true,
  );
});

test("the machine is described: processor, cores, Node, and whether multiply-adds are fused", () => {
  const { node, cores, processor, relaxedSimd } = result.environment;
  expect(node).toBe(process.versions.node);
  expect(cores).toBe(availableParallelism());
  expect(processor).not.toBe("");
  // Node has relaxed SIMD since V8 11.4, which came with Node 21.
  expect(relaxedSimd).toBe(Number(node.split(".")[0]) > 20);
  expect(result.peak.median).toBeGreaterThan(1);
});

test("away from a terminal, progress is a few plain lines on stderr", () => {
  for (const control of ["\u001b", "\r", "\b"]) expect(notes).not.toContain(control);
  for (const line of notes.trimEnd().split("\n"))
    expect(line).toMatch(/^(matmul|denoising) +\d+% {2}\[[\d,]+\] {2}[\d.]+ ms$/);
  expect(notes).toMatch(/^matmul +100%/m);
});

test("a process prints tables of steps and kernels and what ran, and ends by itself", async () => {
  const argv = ["bench", "--quick", "--only", "sliced", "--threads", "2"];
  const { code, out } = await startCotangent(...argv).exited;
  expect(code).toBe(0);
  expect(out).not.toMatch(/^matmul \d/m);
  expect(out).toMatch(/^sliced \[2,128,256\] +cpu 1 +[\d.]+ \([\d.]+–[\d.]+\)/m);
  expect(out).toMatch(/^ +cpu 2 +[\d.]+ /m);
  expect(out).toMatch(/^ +interpreter +[\d.]+ /m);
  expect(out).toMatch(/^kernels of sliced \[2,128,256\] +ms/m);
  expect(out).toMatch(/Peak of one core in registers: .* GFLOP\/s .*relaxed SIMD/);
  expect(out).toContain(`Node ${process.versions.node}.`);
});

test.each([
  ["a part that there is not", ["--only", "matmul,magic"], /"magic" is none of matmul, denoising/],
  ["no thread", ["--threads", "0"], /--threads .*whole number from 1 to 64/],
  ["a task as an argument", ["matmul"], /too many arguments/],
] as const)("%s is refused", async (_, options, sentence) => {
  const { code, out, notes } = await cotangent("bench", ...options);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(notes).toMatch(sentence);
});

const calm = { requested: false, breathe: async () => {}, stop: () => {} };
const pace = { rounds: 5, warmUp: 0, sample: 0, budget: 1000 };
const noise = { name: "noise", run: () => {} };

test("in every round all run, the order rotates, and an interruption ends it", async () => {
  let order = "";
  const contenders = ["a", "b"].map((name) => ({
    name,
    run: () => {
      order += name;
    },
  }));
  const shares: number[] = [];
  const samples = await alternate(contenders, pace, calm, (share) => shares.push(share));
  expect(order.slice(-10)).toBe("abbaabbaab");
  expect(shares).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(samples?.a).toHaveLength(5);
  const rounds: number[] = [];
  const stopped = { ...calm, requested: true };
  expect(await alternate(contenders, pace, stopped, (share) => rounds.push(share))).toBe(undefined);
  expect(rounds).toEqual([0.2]);
});

test("rounds end early, after three, when the time is spent", async () => {
  const samples = await alternate([noise], { ...pace, budget: 0 }, calm, () => {});
  expect(samples?.noise).toHaveLength(3);
});

test("the warm-up waits for threads that start", async () => {
  let asked = 0;
  const contender = { ...noise, ready: () => ++asked > 20 };
  await alternate([contender], pace, calm, () => {});
  expect(asked).toBeGreaterThan(20);
});

test("quartiles are interpolated, and ratios are taken within rounds", () => {
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, lower: 1.75, upper: 3.25 });
  // Both are disturbed in the second round: the ratio is not.
  expect(ratio([2, 20, 2], [1, 10, 1])).toEqual({ median: 2, lower: 2, upper: 2 });
});
