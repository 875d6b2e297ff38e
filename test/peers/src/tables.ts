// The tables of a run, in Markdown.
import type { Verdict } from "./bars/bar.ts";
import { keeps } from "./bars/judge.ts";
import { traceDimensions } from "./bars/trace.ts";
import { digits, table, withQuartiles } from "./format.ts";
import type { ImplementationId } from "./implementations.ts";
import { absence, distinctTasks, find, tasksIn, timeRatio } from "./lookup.ts";
import type { FirstCall, Results } from "./results.ts";
import { roofline } from "./roofline.ts";
import { spread } from "./statistics.ts";
import { type Group, type ObjectiveName, step, type Task, taskName } from "./tasks.ts";

const own: readonly ImplementationId[] = [
  "compiled",
  "compiled, 2 threads",
  "compiled, 2 processes",
  "compiled, copying",
  "interpreter",
];
const peers: readonly ImplementationId[] = [
  "jax-js",
  "tfjs wasm",
  "tfjs cpu",
  "PyTorch",
  "PyTorch, 2 threads",
];

/**
 * One row a task, one column an implementation: the median in ms with its quartiles, and how many times
 * the compiled step's it is.
 */
export function timesTable(results: Results, group: Group, node: number): string | undefined {
  const tasks = tasksIn(results, group);
  const ids = [...own, ...peers].filter((id) =>
    tasks.some((task) => find(results, group, task, { id, node })),
  );
  if (ids.length === 0) return undefined;
  const cell = (task: Task, id: ImplementationId): string => {
    const column = { id, node };
    const found = find(results, group, task, column);
    if (!found) return absence(results, group, task, column) === undefined ? "" : "–";
    const times = timeRatio(results, group, task, column, { id: "compiled", node });
    const against = id === "compiled" || !times ? "" : `, ${digits(times.median)} ×`;
    return withQuartiles(spread(found.samples)) + against;
  };
  return table(
    ["ms", ...ids],
    tasks.map((task) => [taskName(task), ...ids.map((id) => cell(task, id))]),
  );
}

/** Why some cells hold a dash, each reason once. */
export function absencesList(results: Results): string {
  const reasons = new Map<string, Set<string>>();
  for (const { id, task, reason } of results.absences) {
    if (reason === "") continue;
    const key = `${id}: ${reason}`;
    reasons.set(key, (reasons.get(key) ?? new Set()).add(taskName(task)));
  }
  return [...reasons].map(([key, tasks]) => `* ${key} (${[...tasks].join(", ")})`).join("\n");
}

/** Where the time of a step goes, and how near the roof it is. */
export function rooflineTable(results: Results, node: number): string | undefined {
  const rows = tasksIn(results, "steps").flatMap((task) => {
    const roof = roofline(results, "steps", task, node);
    const measured = find(results, "steps", task, { id: "compiled", node });
    if (!roof || !measured) return [];
    const { flops, products, elementwise, share } = roof;
    const ms = spread(measured.samples).median;
    const cells = [flops / 1e6, products, elementwise, products + elementwise, ms].map(digits);
    return [[taskName(task), ...cells, `${digits(100 * share.median)}%`]];
  });
  if (rows.length === 0) return undefined;
  const header = ["step", "MFLOP", "÷ peak, ms", "elementwise, ms", "roofline, ms", "measured, ms"];
  return table([...header, "share"], rows);
}

/** The exact trace by d, beside one projection and one forward pass. */
export function traceTable(results: Results, node: number): string | undefined {
  const objectives: ObjectiveName[] = ["forward", "sliced", "implicit by contraction"];
  const median = (objective: ObjectiveName, d: number): number | undefined => {
    const task = step(objective, [d, 128, 256]);
    const found = find(results, "trace", task, { id: "compiled", node });
    return found && spread(found.samples).median;
  };
  const rows = traceDimensions(results).flatMap((d) => {
    const [forward, sliced, implicit] = objectives.map((objective) => median(objective, d));
    if (!forward || !sliced || !implicit) return [];
    const cells = [forward, sliced, implicit, implicit / sliced, implicit / forward];
    return [[String(d), ...cells.map(digits)]];
  });
  if (rows.length === 0) return undefined;
  const header = ["d", "forward, ms", "sliced M=1, ms", "implicit by contraction, ms"];
  return table([...header, "implicit ÷ sliced", "implicit ÷ forward"], rows);
}

export function firstCallsTable(results: Results, node: number): string | undefined {
  const here = results.firstCalls.filter((call) => call.node === null || call.node === node);
  const ids = [...new Set(here.map(({ id }) => id))];
  if (ids.length === 0) return undefined;
  const tasks = distinctTasks(here.map(({ task }) => task));
  const found = (task: Task, id: ImplementationId): FirstCall | undefined =>
    here.find((c) => c.id === id && taskName(c.task) === taskName(task));
  const cell = (samples: readonly number[] = []): string =>
    samples.length > 0 ? withQuartiles(spread(samples)) : "–";
  return table(
    ["ms", "compiled: trace and compilation", ...ids],
    tasks.map((task) => [
      taskName(task),
      cell(found(task, "compiled")?.building),
      ...ids.map((id) => cell(found(task, id)?.samples)),
    ]),
  );
}

/** Megabytes of the process, and of the JavaScript heap, at the start, a tenth and the end. */
export function memoryTable(results: Results, node: number): string | undefined {
  const here = results.memory.filter((curve) => curve.node === null || curve.node === node);
  const last = here[0]?.points.at(-1)?.steps;
  if (last === undefined) return undefined;
  const rows = here.map(({ id, task, points }) => {
    const at = [points[0], points[1], points.at(-1)];
    const cells = at.map((p) => (p ? `${digits(p.rss / 1e6)} / ${digits(p.heap / 1e6)}` : "–"));
    return [`${id}, ${taskName(task)}`, ...cells];
  });
  const tenth = here[0]?.points[1]?.steps;
  return table(["MB, process / heap", "1 step", `${tenth} steps`, `${last} steps`], rows);
}

/** Every bar: bound, the value nearest to breaking it, and whether it holds. */
export function barsTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ bar, node, bound, readings, worst, holds }) => {
    const sign = bar.sense === "at least" ? "≥" : "≤";
    const unit = bar.unit === "×" || bar.unit === "%" ? bar.unit : ` ${bar.unit}`;
    const where = worst && worst.what !== "" ? ` (${worst.what})` : "";
    const value = worst ? `${digits(worst.value)}${unit}${where}` : "not measured";
    const kept = readings.filter((reading) => keeps(bar, bound, reading)).length;
    const broken = kept > 0 ? `does not hold; ${kept} of ${readings.length} do` : "does not hold";
    const verdict = holds === undefined ? "–" : holds ? "holds" : broken;
    const count = readings.length > 1 ? `worst of ${readings.length}: ${value}` : value;
    return [bar.measure, `Node ${node}`, `${sign} ${bound}${unit}`, count, verdict];
  });
  return table(["bar", "on", "bound", "measured", ""], rows);
}
