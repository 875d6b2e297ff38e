// Finding measurements in results, and comparing two of them.
import type { ImplementationId } from "./implementations.ts";
import type { Measurement, Results } from "./results.ts";
import { ratio, type Spread, spread } from "./statistics.ts";
import { type Group, type Task, taskName } from "./tasks.ts";

/** Whose column: PyTorch is the same in every run, whatever Node. */
export interface Column {
  readonly id: ImplementationId;
  readonly node: number;
}

const isColumn = (
  m: { id: ImplementationId; node: number | null },
  { id, node }: Column,
): boolean => m.id === id && (m.node === null || m.node === node);

export function find(
  results: Results,
  group: Group,
  task: Task,
  column: Column,
): Measurement | undefined {
  const name = taskName(task);
  return results.measurements.find(
    (m) => m.group === group && taskName(m.task) === name && isColumn(m, column),
  );
}

/** Why there is no measurement; undefined when nobody said. */
export function absence(
  results: Results,
  group: Group,
  task: Task,
  column: Column,
): string | undefined {
  const name = taskName(task);
  const found = results.absences.find(
    (a) => a.group === group && taskName(a.task) === name && isColumn(a, column),
  );
  return found?.reason;
}

/** Times of a divided by times of b, round by round; undefined unless both were measured. */
export function timeRatio(
  results: Results,
  group: Group,
  task: Task,
  a: Column,
  b: Column,
): Spread | undefined {
  const [first, second] = [find(results, group, task, a), find(results, group, task, b)];
  return first && second ? ratio(first.samples, second.samples) : undefined;
}

/** The tasks of a group, in the order in which they ran. */
export function tasksIn(results: Results, group: Group): Task[] {
  const all = [...results.measurements, ...results.absences].filter((m) => m.group === group);
  return distinctTasks(all.map(({ task }) => task));
}

export function distinctTasks<T extends Task>(tasks: readonly T[]): T[] {
  return [...new Map(tasks.map((task) => [taskName(task), task])).values()];
}

/** The Nodes of a run, as measured. */
export function nodesIn(results: Results): number[] {
  const all = [
    ...results.measurements,
    ...results.firstCalls,
    ...results.memory,
    ...results.starts,
  ];
  const majors = all.flatMap(({ node }) => (node === null ? [] : [node]));
  return [...new Set(majors)].sort((a, b) => a - b);
}

/** The peak on a Node in each round of a task; undefined when it was not taken. */
export function peaksIn(
  results: Results,
  group: Group,
  task: Task,
  node: number,
): readonly number[] | undefined {
  const name = taskName(task);
  return results.peaks.find(
    (peak) => peak.group === group && taskName(peak.task) === name && peak.node === node,
  )?.gflops;
}

/** Median of all peak measurements on a Node, in GFLOP/s; undefined when none was taken. */
export function peakOf(results: Results, node: number): Spread | undefined {
  const all = results.peaks.filter((peak) => peak.node === node).flatMap(({ gflops }) => gflops);
  return all.length > 0 ? spread(all) : undefined;
}
