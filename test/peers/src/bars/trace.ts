// Readings of the exact trace by dimension.
import { find, tasksIn } from "../lookup.ts";
import type { Results } from "../results.ts";
import { spread } from "../statistics.ts";
import { type ObjectiveName, step } from "../tasks.ts";
import type { Bar } from "./bar.ts";
import { isStep } from "./steps.ts";

/** The exact trace beside one projection, by d. */
export const traceAgainstSliced: Bar["read"] = (results, node) =>
  traceDimensions(results).flatMap((d) => {
    if (d > 300) return [];
    const value = traceRatio(results, node, "implicit by contraction", "sliced", d);
    return value === undefined ? [] : [{ value, what: `d = ${d}` }];
  });

/** (implicit at d / implicit at 2) over (forward at d / forward at 2). */
export const traceGrowth: Bar["read"] = (results, node) => {
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
