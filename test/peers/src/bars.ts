// The bars: what this project asks of itself, with the measured value beside each.
//
// A bar over many tasks is judged by its worst one, which it names.

import { digits } from "./format.ts";
import type { ImplementationId } from "./implementations.ts";
import { find, peaksIn, tasksIn, timeRatio } from "./lookup.ts";
import type { Results } from "./results.ts";
import { roofline } from "./roofline.ts";
import { ratio, spread } from "./statistics.ts";
import {
  type Group,
  type ObjectiveName,
  type StepTask,
  step,
  type Task,
  taskName,
} from "./tasks.ts";

/** One value that a bar is about. */
interface Reading {
  readonly value: number;
  readonly what: string;
}

export interface Bar {
  readonly measure: string;
  /** By Node: the bound. */
  readonly bounds: { readonly [node: number]: number };
  readonly sense: "at least" | "at most";
  readonly unit: "×" | "%" | "ms" | "MB" | "tasks";
  readonly read: (results: Results, node: number) => Reading[];
}

export interface Verdict {
  readonly bar: Bar;
  readonly node: number;
  readonly bound: number;
  readonly readings: readonly Reading[];
  /** The reading that is farthest on the wrong side; undefined when nothing was measured. */
  readonly worst: Reading | undefined;
  readonly holds: boolean | undefined;
}

/** How many times longer `peer` takes than we do, on each of the tasks. */
function speedups(
  peer: ImplementationId,
  group: Group,
  tasks: (results: Results) => readonly Task[],
): Bar["read"] {
  return (results, node) =>
    tasks(results).flatMap((task) => {
      const r = timeRatio(results, group, task, { id: peer, node }, { id: "compiled", node });
      return r ? [{ value: r.median, what: taskName(task) }] : [];
    });
}

const isStep = (task: Task): task is StepTask => task.kind === "step";
const steps =
  (objectives: readonly ObjectiveName[], hidden: (width: number) => boolean) =>
  (results: Results): StepTask[] =>
    tasksIn(results, "steps")
      .filter(isStep)
      .filter(({ objective, sizes }) => objectives.includes(objective) && hidden(sizes[1]));

const matmul512: Task = { kind: "matmul", n: 512 };

const matmulAgainstPeers: Bar["read"] = (results, node) => {
  const both = (["jax-js", "tfjs wasm"] as const).flatMap((id) => {
    const r = timeRatio(results, "matmul", matmul512, { id, node }, { id: "compiled", node });
    return r ? [{ value: r.median, what: id }] : [];
  });
  // The faster peer is the one that takes the fewest times as long as we do.
  return both.sort((a, b) => a.value - b.value).slice(0, 1);
};

const matmulShare: Bar["read"] = (results, node) => {
  const own = find(results, "matmul", matmul512, { id: "compiled", node });
  const peaks = peaksIn(results, "matmul", matmul512, node);
  if (!own || !peaks) return [];
  const gflops = own.samples.map((ms) => (2 * 512 ** 3) / ms / 1e6);
  const what = `${digits(spread(gflops).median)} of ${digits(spread(peaks).median)} GFLOP/s`;
  return [{ value: 100 * ratio(gflops, peaks).median, what }];
};

const shares: Bar["read"] = (results, node) =>
  tasksIn(results, "steps").flatMap((task) => {
    const roof = roofline(results, "steps", task, node);
    return roof ? [{ value: 100 * roof.share.median, what: taskName(task) }] : [];
  });

/** Speed of two threads over that of two processes that share the work. */
const threadsAgainstProcesses: Bar["read"] = (results, node) =>
  steps(
    ["denoising", "sliced"],
    (h) => h >= 256,
  )(results).flatMap((task) => {
    const [processes, threads] = [
      { id: "compiled, 2 processes", node } as const,
      { id: "compiled, 2 threads", node } as const,
    ];
    const r = timeRatio(results, "steps", task, processes, threads);
    return r ? [{ value: r.median, what: taskName(task) }] : [];
  });

/** The exact trace beside one projection, by d. */
const traceAgainstSliced: Bar["read"] = (results, node) =>
  traceDimensions(results).flatMap((d) => {
    if (d > 300) return [];
    const value = traceRatio(results, node, "implicit by contraction", "sliced", d);
    return value === undefined ? [] : [{ value, what: `d = ${d}` }];
  });

/** (implicit at d / implicit at 2) over (forward at d / forward at 2). */
const traceGrowth: Bar["read"] = (results, node) => {
  const perForward = (d: number): number | undefined =>
    traceRatio(results, node, "implicit by contraction", "forward", d);
  const [smallest, ...larger] = traceDimensions(results);
  const base = smallest === undefined ? undefined : perForward(smallest);
  return larger.flatMap((d) => {
    const value = perForward(d);
    return value === undefined || base === undefined
      ? []
      : [{ value: value / base, what: `d = ${d} against d = ${smallest}` }];
  });
};

export function traceDimensions(results: Results): number[] {
  const tasks = tasksIn(results, "trace").filter(isStep);
  return [...new Set(tasks.map(({ sizes }) => sizes[0]))].sort((a, b) => a - b);
}

function traceRatio(
  results: Results,
  node: number,
  above: ObjectiveName,
  below: ObjectiveName,
  d: number,
): number | undefined {
  const samplesOf = (objective: ObjectiveName): readonly number[] | undefined =>
    find(results, "trace", step(objective, [d, 128, 256]), { id: "compiled", node })?.samples;
  const [a, b] = [samplesOf(above), samplesOf(below)];
  return a && b ? spread(a).median / spread(b).median : undefined;
}

const contractionAgainstBackprops: Bar["read"] = (results, node) => {
  const sizes = [100, 256, 256] as const;
  const own = find(results, "steps", step("implicit by contraction", sizes), {
    id: "compiled",
    node,
  });
  const theirs = find(results, "steps", step("implicit by d JVPs", sizes), { id: "PyTorch", node });
  if (!own || !theirs) return [];
  return [{ value: spread(theirs.samples).median / spread(own.samples).median, what: "" }];
};

const firstCalls: Bar["read"] = (results, node) =>
  results.firstCalls
    .filter((call) => call.id === "compiled" && call.node === node)
    .map(({ task, samples }) => ({ value: spread(samples).median, what: taskName(task) }));

/** What the process grew by in the second half of the steps, when every cache is full. */
const memoryGrowth: Bar["read"] = (results, node) =>
  results.memory
    .filter(({ id, node: on }) => id.startsWith("compiled") && on === node)
    .flatMap(({ id, task, points }) => {
      const last = points.at(-1);
      const half = points.find(({ steps }) => last && steps >= last.steps / 2);
      if (!half || !last) return [];
      const what = `${id}, ${taskName(task)}: heap ${megabytes(last.heap - half.heap)} MB`;
      return [{ value: (last.rss - half.rss) / 1e6, what }];
    });

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

const same = (bound: number): Bar["bounds"] => ({ 20: bound, 24: bound });
const objectives: readonly ObjectiveName[] = ["denoising", "sliced"];

/** How many tasks the compiler failed on, or got wrong; the other bars cannot see those. */
const failures: Bar["read"] = (results, node) => {
  const own = { id: "compiled", node } as const;
  const ran = [...results.measurements, ...results.absences].filter(
    (row) => row.id === own.id && row.node === node,
  );
  const failed = results.absences.filter((row) => row.id === own.id && row.node === node);
  const what = failed.map(({ task, reason }) => `${taskName(task)}: ${reason}`)[0] ?? "";
  return ran.length > 0 ? [{ value: failed.length, what }] : [];
};

export const bars: readonly Bar[] = [
  {
    measure: "tasks on which the compiled function fails, or differs from the reference",
    bounds: same(0),
    sense: "at most",
    unit: "tasks",
    read: failures,
  },
  {
    measure: "matmul 512 against the faster of jax-js and tfjs wasm",
    bounds: { 20: 1.2, 24: 2 },
    sense: "at least",
    unit: "×",
    read: matmulAgainstPeers,
  },
  {
    measure: "matmul 512, share of the f32x4 peak",
    bounds: same(80),
    sense: "at least",
    unit: "%",
    read: matmulShare,
  },
  {
    measure: "every step, share of its roofline",
    bounds: same(80),
    sense: "at least",
    unit: "%",
    read: shares,
  },
  {
    measure: "denoising and sliced at H = 128 against jax-js",
    bounds: same(3),
    sense: "at least",
    unit: "×",
    read: speedups(
      "jax-js",
      "steps",
      steps(objectives, (h) => h === 128),
    ),
  },
  {
    measure: "denoising and sliced at [100,256,256], [400,512,256] against jax-js",
    bounds: { 20: 2, 24: 2.5 },
    sense: "at least",
    unit: "×",
    read: speedups(
      "jax-js",
      "steps",
      steps(objectives, (h) => h >= 256),
    ),
  },
  {
    measure: "denoising and sliced at H = 128 against PyTorch (an aim, on Node 24)",
    bounds: { 24: 1 },
    sense: "at least",
    unit: "×",
    read: speedups(
      "PyTorch",
      "steps",
      steps(objectives, (h) => h === 128),
    ),
  },
  {
    measure: "2 threads against 2 processes that share the work, [100,256,256], [400,512,256]",
    bounds: same(0.9),
    sense: "at least",
    unit: "×",
    read: threadsAgainstProcesses,
  },
  {
    measure: "implicit by contraction against sliced M=1, H = 128, B = 256, d to 300",
    bounds: same(1.5),
    sense: "at most",
    unit: "×",
    read: traceAgainstSliced,
  },
  {
    measure: "its growth with d, over the growth of one forward pass, d to 1,000",
    bounds: same(1.1),
    sense: "at most",
    unit: "×",
    read: traceGrowth,
  },
  {
    measure: "implicit by contraction at [100,256,256] against PyTorch's d backprops",
    bounds: { 20: 25, 24: 40 },
    sense: "at least",
    unit: "×",
    read: contractionAgainstBackprops,
  },
  {
    measure: "first call, trace and compilation included, every step",
    bounds: same(60),
    sense: "at most",
    unit: "ms",
    read: firstCalls,
  },
  {
    measure: "growth of the process over the last 5,000 of 10,000 steps",
    bounds: same(2),
    sense: "at most",
    unit: "MB",
    read: memoryGrowth,
  },
];

/** Every bar on every Node that has a bound and was run. */
export function judge(results: Results, nodes: readonly number[]): Verdict[] {
  return bars.flatMap((bar) =>
    nodes.flatMap((node) => {
      const bound = bar.bounds[node];
      return bound === undefined ? [] : [verdict(bar, node, bound, bar.read(results, node))];
    }),
  );
}

function verdict(bar: Bar, node: number, bound: number, readings: readonly Reading[]): Verdict {
  const sign = bar.sense === "at least" ? 1 : -1;
  const [worst] = readings.toSorted((a, b) => sign * (a.value - b.value));
  const holds = worst === undefined ? undefined : sign * (worst.value - bound) >= 0;
  return { bar, node, bound, readings, worst, holds };
}
