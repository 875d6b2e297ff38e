// The tables of a run, in Markdown.
import { digits, table, withQuartiles } from "../../peers/src/format.ts";
import { ratio, type Spread, spread } from "../../peers/src/statistics.ts";
import { objectiveLabel, type StepTask, taskName } from "../../peers/src/tasks.ts";
import { type Column, columnName, columns } from "./columns.ts";
import { find, type Results, same, sameTask } from "./results.ts";

/** Calls ÷ fused at H = 128 on webgpu must reach this. */
const bound = 1.5;

const megabytes = (bytes: number): string => digits(bytes / 1e6);

/** "sliced [2,128,256]": all have one projection. */
export const nameOf = (task: StepTask): string =>
  `${objectiveLabel(task).replace(" M=1", "").replace(" by contraction", "")} [${task.sizes}]`;

/** The tasks that anyone was measured on, in the order in which they ran. */
const tasksIn = ({ measurements }: Results): StepTask[] => [
  ...new Map(measurements.map(({ task }) => [taskName(task), task])).values(),
];

/** Times of a divided by times of b, round by round; undefined unless both were measured. */
function times(results: Results, task: StepTask, a: Column, b: Column): Spread | undefined {
  const [first, second] = [find(results, a, task), find(results, b, task)];
  return first && second ? ratio(first.samples, second.samples) : undefined;
}

const cell = (results: Results, task: StepTask, column: Column): string => {
  const found = find(results, column, task);
  return found ? withQuartiles(spread(found.samples)) : "–";
};

/** Fused, calls and trainer on every backend. */
export function ownTable(results: Results): string | undefined {
  const places = columns.filter(
    (fused) =>
      fused.way === "fused" && results.measurements.some(({ column }) => same(column, fused)),
  );
  const rows = places.flatMap((fused) => {
    const calls: Column = { ...fused, way: "calls" };
    const trainer: Column = { ...fused, way: "trainer" };
    return tasksIn(results).flatMap((task) => {
      if (!find(results, fused, task) && !find(results, calls, task)) return [];
      const gain = times(results, task, calls, fused);
      const cells = [fused, calls].map((column) => cell(results, task, column));
      const training = task.objective === "denoising" ? cell(results, task, trainer) : "";
      const where = `${fused.backend} in ${fused.host}`;
      return [[where, nameOf(task), ...cells, gain ? `${digits(gain.median)} ×` : "", training]];
    });
  });
  if (rows.length === 0) return undefined;
  return table(["backend", "step", "fused, ms", "calls, ms", "calls ÷ fused", "trainer, ms"], rows);
}

/** Kernels and bytes of a step: the same on every backend. */
export function trafficTable(results: Results): string | undefined {
  const rows = tasksIn(results).flatMap((task) => {
    const here = results.measurements.filter((m) => sameTask(m.task, task));
    const fused = here.find(({ column, traffic }) => column.way === "fused" && traffic)?.traffic;
    const calls = here.find(({ column, traffic }) => column.way === "calls" && traffic)?.traffic;
    if (!fused || !calls) return [];
    return [[nameOf(task), String(fused.kernels), megabytes(fused.bytes), megabytes(calls.bytes)]];
  });
  if (rows.length === 0) return undefined;
  return table(["step", "kernels", "fused, MB", "calls, MB"], rows);
}

const fusedInPage: Column = { way: "fused", backend: "webgpu", host: "Chromium" };

/** Other libraries beside the fused pipelines. */
export function othersTable(results: Results): string | undefined {
  const own: Column[] = [fusedInPage, { ...fusedInPage, backend: "webgl2" }];
  const others = columns.filter(({ way }) => ["jax-js", "tfjs", "PyTorch"].includes(way));
  const present = [...own, ...others].filter((column) =>
    results.measurements.some((m) => same(m.column, column)),
  );
  if (!present.some(({ way }) => way !== "fused")) return undefined;
  const rows = tasksIn(results).map((task) => [
    nameOf(task),
    ...present.map((column) => {
      const against = same(column, fusedInPage)
        ? undefined
        : times(results, task, column, fusedInPage);
      return cell(results, task, column) + (against ? `, ${digits(against.median)} ×` : "");
    }),
  ]);
  return table(["ms", ...present.map(({ way, backend }) => `${way}, ${backend}`)], rows);
}

/** A pass of brain.js beside a step of denoising, which is regression on noisy inputs. */
export function brainTable(results: Results): string | undefined {
  const brains = columns.filter(({ way }) => way === "brain.js");
  const tasks = tasksIn(results).filter((task) =>
    brains.some((column) => find(results, column, task)),
  );
  if (tasks.length === 0) return undefined;
  const own: Column[] = [fusedInPage, { ...fusedInPage, backend: "webgl2" }];
  const rows = tasks.map((task) => [
    `[${task.sizes}]`,
    String(task.sizes[2]),
    ...[...brains, ...own].map((column) => cell(results, task, column)),
  ]);
  const names = brains.map(({ backend }) => `brain.js on ${backend}, ms a pass`);
  const ours = own.map(({ backend }) => `one fused step on ${backend}, ms`);
  return table(["widths", "updates in a pass", ...names, ...ours], rows);
}

/** The bar, at every step of width 128 on webgpu. */
export function barsList(results: Results): string {
  const places = columns.filter(({ way, backend }) => way === "fused" && backend === "webgpu");
  const lines = places.flatMap((fused) => {
    const gains = tasksIn(results)
      .filter(({ sizes }) => sizes[1] === 128)
      .flatMap((task) => {
        const gain = times(results, task, { ...fused, way: "calls" }, fused);
        return gain ? [{ task, gain: gain.median }] : [];
      });
    const worst = gains.toSorted((a, b) => a.gain - b.gain)[0];
    if (!worst) return [];
    const verdict = worst.gain >= bound ? "holds" : "does not hold";
    const count = gains.filter(({ gain }) => gain >= bound).length;
    return [
      `* calls ÷ fused ≥ ${bound} at H = 128, ${columnName(fused).replace("fused, ", "")}: ${verdict}; the worst of ${gains.length} is ${digits(worst.gain)} × (${nameOf(worst.task)}), ${count} reach it`,
    ];
  });
  return lines.length > 0
    ? lines.join("\n")
    : `* calls ÷ fused ≥ ${bound} at H = 128 on webgpu: not measured`;
}
