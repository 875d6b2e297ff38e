// What the GPU benchmark says, without measuring: its counts, its checks, its words.
import { random } from "@cotangent/autodiff";
import { createMlp, openDevice } from "@cotangent/gpu-kernels";
import { mlp } from "@cotangent/losses";
import { expect, test } from "vitest";
import { agreement } from "../../peers/src/agreement.ts";
import { inputsOf } from "../../peers/src/arrays.ts";
import { step } from "../../peers/src/tasks.ts";
import type { Column } from "../bench/columns.ts";
import { measureTask } from "../bench/measure.ts";
import { parseOptions } from "../bench/options.ts";
import { openPeer } from "../bench/own/peer.ts";
import { counted, type Traffic, unfused } from "../bench/own/unfused.ts";
import { replaceResults } from "../bench/page-of-docs.ts";
import { inWords, report } from "../bench/report.ts";
import type { Results } from "../bench/results.ts";
import { type Seat, seatOf } from "../bench/seats/seat.ts";
import { operationsOf } from "../bench/tasks.ts";
import { truthOf } from "../bench/truth.ts";

const small = step("denoising", [2, 8, 4]);
const fused: Column = { way: "fused", backend: "webgpu", host: "Node" };
const calls: Column = { ...fused, way: "calls" };

const nothing: Results = {
  machine: {
    cpu: "a processor",
    cores: 2,
    memoryGiB: 8,
    system: "linux x64",
    features: [],
    date: "2026-01-01",
  },
  runtimes: ["Node 20"],
  quick: false,
  load: [0.5, 0.5],
  participants: [],
  missing: [],
  measurements: [],
  absences: [],
};
const measured = (
  column: Column,
  samples: readonly number[],
  task = step("denoising", [2, 128, 256]),
) => ({
  column,
  task,
  samples,
  agreement: { value: 0, gradients: 0, holds: true },
  traffic: null,
});

test("kernels run one at a time give the pipeline's results, and move more", async () => {
  const device = await openDevice({ mode: "cpu" });
  const sizes = [2, 5, 5, 2];
  const params = mlp({ sizes }).init(random.key(0), { dtype: "f32" });
  const [x, v] = [random.normal(random.key(1), [3, 2]), random.normal(random.key(2), [3, 2])];
  const [whole, parts]: Traffic[] = [
    { kernels: 0, bytes: 0 },
    { kernels: 0, bytes: 0 },
  ];
  const on = { sizes, batch: 3 };
  const a = await createMlp(counted(device, whole!), on).slicedStep(params, x, v);
  const b = await createMlp(unfused(device, parts!), on).slicedStep(params, x, v);
  expect(b.loss).toBe(a.loss);
  expect(b.gradients.layers[1]!.weight.toArray()).toEqual(a.gradients.layers[1]!.weight.toArray());
  expect(parts!.kernels).toBe(whole!.kernels);
  const [weights, rows] = [2 * 5 + 5 + 5 * 5 + 5 + 5 * 2 + 2, 3 * (2 + 2 + 1)];
  // Parameters and x, v, w up; gradients, the loss and a value per row down.
  expect(whole!.bytes).toBe(4 * (2 * weights + rows + 1 + 3));
  expect(parts!.bytes).toBeGreaterThan(2 * whole!.bytes);
  await createMlp(unfused(device, parts!), on).forward(params, x);
  // Of each layer, input, weight and bias up, output down: three kernels.
  const layer = (from: number, to: number): number => 3 * from + from * to + to + 3 * to;
  expect(parts).toEqual({ kernels: 3, bytes: 4 * (layer(2, 5) + layer(5, 5) + layer(5, 2)) });
  await device.destroy();
});

test("every way of this package agrees with the engine in f64", async () => {
  for (const task of [
    small,
    step("sliced", small.sizes),
    step("implicit by contraction", small.sizes),
  ]) {
    const arrays = inputsOf(task);
    const truth = truthOf(task, arrays);
    for (const way of ["fused", "calls", "trainer"] as const) {
      if (way === "trainer" && task !== small) continue;
      const seat = seatOf(await openPeer({ way, backend: "cpu" }));
      await seat.prepare(task, arrays);
      const column = { ...fused, way };
      expect(agreement(await seat.read(), truth(column)).holds, `${way} ${task.objective}`).toBe(
        true,
      );
      await seat.close();
    }
  }
});

/** A seat whose clock says `ms`, and whose results are given. */
const pretender = (ms: number, results: readonly ArrayLike<number>[]): Seat => ({
  name: "a pretender",
  adapter: undefined,
  prepare: async () => ms,
  time: async () => ms,
  read: async () => results,
  traffic: async () => null,
  release: async () => {},
  close: async () => {},
});

test("what disagrees, takes too long or would take too long is left out, and said so", async () => {
  const arrays = inputsOf(small);
  const right = truthOf(small, arrays)(fused);
  const pace = { rounds: 2, sample: 1, budget: 1, limit: 100 };
  const wrong = right.map((values) => Array.from(values, (v) => 1.001 * v));
  const others = [
    { column: fused, seat: pretender(10, right) },
    { column: calls, seat: pretender(10, wrong) },
    { column: { ...fused, backend: "cpu" as const }, seat: pretender(200, right) },
    {
      column: { ...fused, backend: "webasm" as const },
      seat: pretender(10, right),
      pace: 101 / operationsOf(small),
    },
  ];
  const { measurements, absences } = await measureTask(
    others,
    small,
    arrays,
    () => right,
    pace,
    () => {},
  );
  expect(measurements.map(({ column }) => column)).toEqual([fused]);
  expect(measurements[0]!.samples).toEqual([10, 10]);
  expect(absences.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^disagrees with the engine in f64: .*gradients 1\.0e-3/),
    expect.stringMatching(/^0\.20 s a step; left out/),
    expect.stringMatching(/^about 0\.10 s a step/),
  ]);
});

test("an emulated GPU is named as one", () => {
  expect(inWords("google swiftshader: SwiftShader Device (Subzero)")).toMatch(
    /a GPU emulated on the processor; its figures say nothing about GPUs/,
  );
  expect(inWords("nvidia hopper")).toBe("nvidia hopper");
});

test("ratios are medians of the ratios within rounds, and the bar is judged by the worst step", () => {
  const other = step("sliced", [2, 128, 256]);
  const results: Results = {
    ...nothing,
    measurements: [
      measured(fused, [1, 2, 4]),
      measured(calls, [2, 4, 8]),
      measured(fused, [10, 10, 10], other),
      measured(calls, [14, 14, 14], other),
    ],
  };
  const text = report(results);
  expect(text).toContain(
    "| webgpu in Node | denoising [2,128,256] | 2.00 (1.50–3.00) | 4.00 (3.00–6.00) | 2.00 × |",
  );
  expect(text).toMatch(
    /webgpu in Node: does not hold; the worst of 2 is 1\.40 × \(sliced \[2,128,256\]\), 1 reach it/,
  );
  expect(report({ ...results, measurements: results.measurements.slice(0, 2) })).toMatch(
    /: holds;/,
  );
});

test("the results go between this benchmark's markers, and nowhere else", () => {
  const page =
    "a\n<!-- results: npm run bench:gpu -- --write -->\nold\n<!-- end of the GPU's results -->\nb\n";
  expect(replaceResults(page, "new")).toBe(
    "a\n<!-- results: npm run bench:gpu -- --write -->\n\nnew\n<!-- end of the GPU's results -->\nb\n",
  );
  expect(() => replaceResults("no markers", "new")).toThrow(/expected docs\/benchmarks.md to hold/);
});

test("the command line names what it does not know", () => {
  expect(parseOptions(["--quick", "--only", "sliced"])).toMatchObject({
    quick: true,
    names: ["sliced"],
    limit: 4,
  });
  expect(() => parseOptions(["--limit", "soon"])).toThrow(
    "--limit: expected seconds such as 4, got soon",
  );
  expect(() => parseOptions(["--slow"])).toThrow(/slow/);
});
