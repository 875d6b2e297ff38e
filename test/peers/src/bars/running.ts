// Readings of what it takes to run at all: failures, the first call, memory.
import { spread } from "../statistics.ts";
import { taskName } from "../tasks.ts";
import type { Bar } from "./bar.ts";

export const firstCalls: Bar["read"] = (results, node) =>
  results.firstCalls
    .filter((call) => call.id === "compiled" && call.node === node)
    .map(({ task, samples }) => ({ value: spread(samples).median, what: taskName(task) }));

/** Of each first call, what comes before anything is computed. */
export const building: Bar["read"] = (results, node) =>
  results.firstCalls
    .filter((call) => call.id === "compiled" && call.node === node && call.building?.length)
    .map(({ task, building = [] }) => ({ value: spread(building).median, what: taskName(task) }));

/** What the process grew by in the second half of the steps, when every cache is full. */
export const memoryGrowth: Bar["read"] = (results, node) =>
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

/** How many tasks the compiler failed on, or got wrong; the other bars cannot see those. */
export const failures: Bar["read"] = (results, node) => {
  const own = { id: "compiled", node } as const;
  const ran = [...results.measurements, ...results.absences].filter(
    (row) => row.id === own.id && row.node === node,
  );
  const failed = results.absences.filter((row) => row.id === own.id && row.node === node);
  const what = failed.map(({ task, reason }) => `${taskName(task)}: ${reason}`)[0] ?? "";
  return ran.length > 0 ? [{ value: failed.length, what }] : [];
};
