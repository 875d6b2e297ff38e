// A run: everyone on every task of the groups asked for.
import { Field } from "./field.ts";
import { firstCalls } from "./first-calls.ts";
import { type ImplementationId, implementations, reference } from "./implementations.ts";
import { describeMachine } from "./machine.ts";
import { measureTask, paces } from "./measure.ts";
import { memoryCurves } from "./memory.ts";
import type { Options } from "./options.ts";
import type {
  Absence,
  FirstCall,
  Measurement,
  MemoryCurve,
  Peak,
  Results,
  Start,
} from "./results.ts";
import { nodes, pythonWithTorch } from "./runtimes.ts";
import { start } from "./start.ts";
import {
  chainTasks,
  type Group,
  groups,
  matmulTasks,
  step,
  stepTasks,
  type Task,
  taskName,
  traceTasks,
} from "./tasks.ts";

const everyone: readonly ImplementationId[] = [
  "compiled",
  "compiled, 2 threads",
  "compiled, copying",
  "interpreter",
  "jax-js",
  "tfjs wasm",
  "tfjs cpu",
  "PyTorch",
  "PyTorch, 2 threads",
];

/** Who takes part in a group. */
const members: { readonly [group in Group]: readonly ImplementationId[] } = {
  matmul: everyone,
  chains: everyone,
  steps: [...everyone, "compiled, 2 processes", "elementwise part"],
  trace: ["compiled", "jax-js", "PyTorch"],
  first: ["compiled", "compiled, 2 threads", "jax-js"],
  memory: ["compiled", "compiled, 2 threads", "compiled, copying", "jax-js", "PyTorch"],
  start: [],
};

const tasksOf: { readonly [group in Group]: (quick: boolean) => readonly Task[] } = {
  matmul: matmulTasks,
  chains: chainTasks,
  steps: stepTasks,
  trace: traceTasks,
  first: stepTasks,
  start: () => [],
  memory: () => [step("denoising", [2, 128, 256]), step("sliced", [2, 128, 256])],
};

export async function run(options: Options, report: (line: string) => void): Promise<Results> {
  const { found, missing } = nodes(options.nodes);
  if (found.length === 0)
    throw new Error(`bench: there is nothing to run on: ${missing.join("; ")}`);
  const python = pythonWithTorch();
  if (python === undefined)
    missing.push(
      "PyTorch: no python3 with torch and numpy (Debian: apt-get install python3-torch)",
    );
  const all = implementations(found, python);
  const opened = await Field.open(all, reference(found));
  missing.push(...opened.missing);
  for (const sentence of missing) report(`missing: ${sentence}`);
  const { field } = opened;
  const pace = options.quick ? paces.quick : paces.full;

  const peaks: Peak[] = [];
  const measurements: Measurement[] = [];
  const absences: Absence[] = [];
  const calls: FirstCall[] = [];
  const memory: MemoryCurve[] = [];
  const starts: Start[] = [];
  try {
    for (const group of groups) {
      if (options.groups.length > 0 && !options.groups.includes(group)) continue;
      const tasks = tasksOf[group](options.quick).filter(
        (task) =>
          options.names.length === 0 || options.names.some((part) => taskName(task).includes(part)),
      );
      if (group === "start" && options.names.length === 0) runStarts();
      for (const [i, task] of tasks.entries()) {
        report(`${group} ${i + 1}/${tasks.length}: ${taskName(task)}`);
        await runTask(group, task);
      }
    }
  } finally {
    field.close();
  }
  return {
    machine: describeMachine(),
    quick: options.quick,
    names: field.names(),
    missing,
    peaks,
    measurements,
    absences,
    firstCalls: calls,
    memory,
    starts,
  };

  function runStarts(): void {
    for (const node of found)
      for (const engine of ["interpreter", "cpu"] as const) {
        report(`start: ${engine} on Node ${node.major}`);
        try {
          starts.push(start(node, engine, options.quick));
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          missing.push(`cotangent compare --engine ${engine} on Node ${node.major}: ${reason}`);
        }
      }
  }

  async function runTask(group: Group, task: Task): Promise<void> {
    const isMember = (id: ImplementationId): boolean => members[group].includes(id);
    const started = field.contenders.map(({ implementation }) => implementation);
    const taking = started.filter(({ id }) => isMember(id));
    if (group === "first") {
      calls.push(...(await firstCalls(field, taking, task, options.quick ? 1 : 5, report)));
    } else if (group === "memory") {
      const steps = options.quick ? 1_000 : 10_000;
      memory.push(...(await memoryCurves(field, taking, task, steps, report)));
    } else {
      const part = field.contenders.filter(({ implementation: { id } }) => isMember(id));
      const found = await measureTask(field, part, group, task, pace, report);
      measurements.push(...found.measurements);
      absences.push(...found.absences);
      peaks.push(...found.peaks);
    }
  }
}
