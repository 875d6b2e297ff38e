// Time to the first step: trace, compile and run once, each time in a process that has done nothing
// before (its libraries are loaded; nothing is warm).
import type { Field } from "./field.ts";
import { columnName, type Implementation } from "./implementations.ts";
import { Remote } from "./remote.ts";
import type { FirstCall } from "./results.ts";
import { type Task, taskName } from "./tasks.ts";

export async function firstCalls(
  field: Field,
  implementations: readonly Implementation[],
  task: Task,
  rounds: number,
  report: (line: string) => void,
): Promise<FirstCall[]> {
  const inputs = field.inputs(task);
  const calls = implementations
    .filter(({ declines }) => declines(task) === undefined)
    .map((implementation) => ({
      implementation,
      samples: [] as number[],
      building: [] as number[],
    }));
  for (let round = 0; round < rounds; round++) {
    for (const { implementation, samples, building } of calls) {
      try {
        const remote = await Remote.open(implementation.command);
        const took = await remote.prepare(task, inputs).finally(() => remote.close());
        samples.push(took.first);
        if (took.building !== undefined) building.push(took.building);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        report(`  ${columnName(implementation)} failed on ${taskName(task)}: ${reason}`);
      }
    }
  }
  return calls
    .filter(({ samples }) => samples.length > 0)
    .map(({ implementation: { id, node }, ...times }) => ({ task, id, node, ...times }));
}
