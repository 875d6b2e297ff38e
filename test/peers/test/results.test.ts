import { expect, test } from "vitest";
import { judge } from "../src/bars/judge.ts";
import type { ImplementationId } from "../src/implementations.ts";
import { join } from "../src/join.ts";
import { replaceResults } from "../src/page.ts";
import { report } from "../src/report.ts";
import type { Measurement, Results } from "../src/results.ts";
import { step, type Task } from "../src/tasks.ts";

const machine = {
  cpu: "a processor",
  cores: 2,
  memoryGiB: 8,
  system: "linux x64",
  features: [],
  date: "2026-01-01",
};
const nothing: Results = {
  machine,
  quick: false,
  names: {},
  missing: [],
  peaks: [],
  measurements: [],
  absences: [],
  firstCalls: [],
  memory: [],
  starts: [],
};

function measured(task: Task, id: ImplementationId, ms: number, stats?: object): Measurement {
  const group = task.kind === "matmul" ? "matmul" : "steps";
  const agreement = { value: 0, gradients: 0, holds: true };
  const node = id.startsWith("PyTorch") ? null : 20;
  return { group, task, id, node, samples: [ms, ms, ms], repetitions: 1, agreement, stats };
}

const product: Task = { kind: "matmul", n: 512 };
const small = step("denoising", [2, 128, 256]);
const large = step("sliced", [2, 128, 1024]);

const run = (...measurements: Measurement[]): Results => ({
  ...nothing,
  peaks: measurements.map(({ group, task }) => ({ group, task, node: 20, gflops: [30, 30, 30] })),
  measurements,
});

const verdictOf = (results: Results, measure: RegExp) =>
  judge(results, [20]).find(({ bar }) => measure.test(bar.measure));

test("a product is compared with the faster of the two peers, and with the peak", () => {
  const ms = (2 * 512 ** 3) / 27e6; // 27 GFLOP/s
  const results = run(
    measured(product, "compiled", ms),
    measured(product, "jax-js", 1.5 * ms),
    measured(product, "tfjs wasm", 1.3 * ms),
  );
  expect(verdictOf(results, /faster of/)).toMatchObject({
    holds: true,
    worst: { what: "tfjs wasm" },
  });
  expect(verdictOf(results, /faster of/)?.worst?.value).toBeCloseTo(1.3, 12);
  expect(verdictOf(results, /512, share/)?.worst?.value).toBeCloseTo(90, 10);
});

test("a bar over several steps is judged by its worst, which it names", () => {
  const results = run(
    measured(small, "compiled", 1),
    measured(small, "jax-js", 4),
    measured(large, "compiled", 2),
    measured(large, "jax-js", 5),
  );
  expect(verdictOf(results, /H = 128 against jax-js/)).toMatchObject({
    holds: false,
    worst: { value: 2.5, what: "sliced M=1 [2,128,1024]" },
  });
});

test("the roofline is flops over peak plus the elementwise part", () => {
  const stats = { productFlops: 60e6 }; // 2 ms at 30 GFLOP/s
  const results = run(
    measured(small, "compiled", 4, stats),
    measured(small, "elementwise part", 1),
  );
  expect(verdictOf(results, /roofline/)).toMatchObject({ holds: false, worst: { value: 75 } });
});

test("of first calls, what comes before the run is judged and shown apart, where it is told", () => {
  const call = (task: Task, id: ImplementationId, samples: number[], building?: number[]) => ({
    ...{ task, id, node: 20, samples },
    ...(building ? { building } : {}),
  });
  const results = {
    ...nothing,
    firstCalls: [
      call(small, "compiled", [80, 70, 75], [40, 50, 45]),
      call(large, "compiled", [50, 58, 54], [62, 61, 63]),
      call(small, "jax-js", [200, 210, 220]),
    ],
  };
  const before = verdictOf(results, /trace and compilation/);
  expect(before?.readings.map(({ value }) => value)).toEqual([45, 62]);
  expect(before).toMatchObject({ holds: false, worst: { what: "sliced M=1 [2,128,1024]" } });
  expect(verdictOf(results, /its run included/)?.worst?.value).toBe(75);
  const text = report(results);
  expect(text).toContain(
    "worst of 2: 62.0 ms (sliced M=1 [2,128,1024]) | does not hold; 1 of 2 do |",
  );
  expect(text).toContain(
    "| denoising [2,128,256] | 45.0 (42.5–47.5) | 75.0 (72.5–77.5) | 210 (205–215) |",
  );
  const untold = { ...nothing, firstCalls: [call(small, "compiled", [80, 70, 75])] };
  expect(verdictOf(untold, /trace and compilation/)?.holds).toBeUndefined();
});

test("divergences are compared at the same seconds, between evaluations too", () => {
  const curve = (...fisher: number[]) => fisher.map((value, i) => ({ seconds: i, fisher: value }));
  const start = (engine: "cpu" | "interpreter", ...fisher: number[]) =>
    ({
      engine,
      node: 20,
      seconds: 9,
      curves: [{ name: "sliced", curve: curve(...fisher) }],
    }) as const;
  const results = {
    ...nothing,
    starts: [start("cpu", 8, 2), start("interpreter", 8, 6, 4, 2, 1)],
  };
  // After half a second 5 against 7, after one second 2 against 6; at the end 2 against 1.
  expect(verdictOf(results, /equal seconds/)?.readings.map(({ value }) => value)).toEqual([
    5 / 7,
    2 / 6,
  ]);
  expect(verdictOf(results, /at the end/)).toMatchObject({ holds: false, worst: { value: 2 } });
  expect(verdictOf(results, /all of it/)).toMatchObject({ holds: true, worst: { value: 9 } });
});

test("what was not measured neither holds nor breaks", () => {
  expect(verdictOf(nothing, /roofline/)).toMatchObject({ holds: undefined, worst: undefined });
});

test("a step that the compiler gets wrong breaks a bar of its own", () => {
  const reason = "disagrees with the reference";
  const absent = { group: "steps", task: small, id: "compiled", node: 20, reason } as const;
  const results = { ...run(measured(large, "compiled", 1)), absences: [absent] };
  expect(verdictOf(results, /fails/)).toMatchObject({ holds: false, worst: { value: 1 } });
});

test("a later run replaces what it measured again, on the same machine only", () => {
  const first = run(measured(small, "compiled", 1), measured(large, "compiled", 2));
  const second = run(measured(small, "compiled", 3));
  const [a, b] = join([first, second]).measurements;
  expect([a?.samples[0], b?.samples[0]]).toEqual([3, 2]);
  const absent = {
    group: "steps",
    task: small,
    id: "compiled",
    node: 20,
    reason: "failed",
  } as const;
  const failed = { ...nothing, absences: [absent] };
  expect(join([failed, first]).absences).toEqual([]);
  expect(join([first, failed]).measurements).toHaveLength(1);
  const elsewhere = { ...second, machine: { ...machine, cpu: "another" } };
  expect(() => join([first, elsewhere])).toThrow(/one machine/);
});

test("the report replaces what stands between the page's markers, and nothing else", () => {
  const page =
    "before\n<!-- results: npm run bench -- --write -->\nan older run\n<!-- end of results -->\nafter\n";
  const text = report(run(measured(small, "compiled", 1), measured(small, "PyTorch", 2)));
  const written = replaceResults(page, text);
  expect(written).toMatch(/^before\n<!-- results/);
  expect(written).toMatch(/end of results -->\nafter\n$/);
  expect(written).not.toContain("an older run");
  expect(written).toContain(
    "| denoising [2,128,256] | 1.00 (1.00–1.00) | 2.00 (2.00–2.00), 2.00 × |",
  );
  expect(replaceResults(written, text)).toBe(written);
  expect(() => replaceResults("no markers", text)).toThrow(/expected docs\/benchmarks.md/);
});
