// Does memory stay flat while one step runs on and on? All of the process, and the JavaScript heap
// after a collection, at the start, and after each tenth of the steps.
import type { Field } from "./field.ts";
import { columnName, type Implementation } from "./implementations.ts";
import { Remote } from "./remote.ts";
import type { MemoryCurve } from "./results.ts";
import { type Task, taskName } from "./tasks.ts";

export async function memoryCurves(
  field: Field,
  implementations: readonly Implementation[],
  task: Task,
  steps: number,
  report: (line: string) => void,
): Promise<MemoryCurve[]> {
  const inputs = field.inputs(task);
  const curves: MemoryCurve[] = [];
  for (const implementation of implementations) {
    const { id, node } = implementation;
    try {
      const remote = await Remote.open(implementation.command);
      const points = await curve(remote).finally(() => remote.close());
      curves.push({ task, id, node, points });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(`  ${columnName(implementation)} failed on ${taskName(task)}: ${reason}`);
    }
  }
  return curves;

  async function curve(remote: Remote): Promise<MemoryCurve["points"]> {
    await remote.prepare(task, inputs);
    const points = [{ steps: 1, ...(await remote.memory()) }];
    for (let tenth = 1; tenth <= 10; tenth++) {
      await remote.time(steps / 10);
      points.push({ steps: (tenth * steps) / 10, ...(await remote.memory()) });
    }
    return points;
  }
}
