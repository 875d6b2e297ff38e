// Readings of steps: against peers, the roofline, and two processes.
import type { ImplementationId } from "../implementations.ts";
import { find, tasksIn, timeRatio } from "../lookup.ts";
import type { Results } from "../results.ts";
import { roofline } from "../roofline.ts";
import { spread } from "../statistics.ts";
import {
  type Group,
  type ObjectiveName,
  type StepTask,
  step,
  type Task,
  taskName,
} from "../tasks.ts";
import type { Bar } from "./bar.ts";

/** How many times longer `peer` takes than we do, on each of the tasks. */
export function speedups(
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

export const isStep = (task: Task): task is StepTask => task.kind === "step";
export const steps =
  (objectives: readonly ObjectiveName[], hidden: (width: number) => boolean) =>
  (results: Results): StepTask[] =>
    tasksIn(results, "steps")
      .filter(isStep)
      .filter(({ objective, sizes }) => objectives.includes(objective) && hidden(sizes[1]));

export const shares: Bar["read"] = (results, node) =>
  tasksIn(results, "steps").flatMap((task) => {
    const roof = roofline(results, "steps", task, node);
    return roof ? [{ value: 100 * roof.share.median, what: taskName(task) }] : [];
  });

/** Speed of two threads over that of two processes that share the work. */
export const threadsAgainstProcesses: Bar["read"] = (results, node) =>
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

export const contractionAgainstBackprops: Bar["read"] = (results, node) => {
  const sizes = [100, 256, 256] as const;
  const own = find(results, "steps", step("implicit by contraction", sizes), {
    id: "compiled",
    node,
  });
  const theirs = find(results, "steps", step("implicit by d JVPs", sizes), { id: "PyTorch", node });
  if (!own || !theirs) return [];
  return [{ value: spread(theirs.samples).median / spread(own.samples).median, what: "" }];
};
