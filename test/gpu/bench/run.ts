// A run: everyone on every task.
import { loadavg } from "node:os";
import { inputsOf } from "../../peers/src/arrays.ts";
import { describeMachine } from "../../peers/src/machine.ts";
import { taskName } from "../../peers/src/tasks.ts";
import { columnName, columns } from "./columns.ts";
import { type Contender, measureTask, type Pace } from "./measure.ts";
import type { Options } from "./options.ts";
import type { Absence, Measurement, Results } from "./results.ts";
import { openSeats } from "./seats/open.ts";
import { matching, tasksOf } from "./tasks.ts";
import { truthOf } from "./truth.ts";

const paces: { readonly [name in "quick" | "full"]: Omit<Pace, "limit"> } = {
  quick: { rounds: 5, sample: 30, budget: 1_000 },
  full: { rounds: 11, sample: 60, budget: 3_000 },
};

/** Measures. root: the repository. */
export async function run(
  { quick, names, limit }: Options,
  root: string,
  say: (line: string) => void,
): Promise<Results> {
  const before = loadPerCore();
  const wanted = matching(columns, columnName, names);
  const { seats, runtimes, missing, close } = await openSeats(root, wanted);
  for (const sentence of missing) say(`missing: ${sentence}`);
  const contenders = seats.map(({ column, seat }): Contender => ({ column, seat }));
  const pace: Pace = { ...(quick ? paces.quick : paces.full), limit: 1e3 * limit };
  const tasks = tasksOf(quick, names);
  const measurements: Measurement[] = [];
  const absences: Absence[] = [];
  try {
    for (const [i, task] of tasks.entries()) {
      say(`${i + 1}/${tasks.length}: ${taskName(task)}`);
      const arrays = inputsOf(task);
      const found = await measureTask(contenders, task, arrays, truthOf(task, arrays), pace, say);
      measurements.push(...found.measurements);
      absences.push(...found.absences);
    }
  } finally {
    await close();
  }
  return {
    machine: describeMachine(),
    runtimes,
    quick,
    load: [before, loadPerCore()],
    participants: seats.map(({ column, seat: { name, adapter } }) => ({
      column,
      name,
      ...(adapter === undefined ? {} : { adapter }),
    })),
    missing,
    measurements,
    absences,
  };
}

const loadPerCore = (): number => (loadavg()[0] ?? 0) / describeMachine().cores;
