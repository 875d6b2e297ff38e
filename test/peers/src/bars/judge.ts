// Judging a run: a bar over many tasks is judged by its worst one, which it names.
import type { Results } from "../results.ts";
import type { Bar, Reading, Verdict } from "./bar.ts";
import { bars } from "./table.ts";

/** Every bar on every Node that has a bound and was run. */
export function judge(results: Results, nodes: readonly number[]): Verdict[] {
  return bars.flatMap((bar) =>
    nodes.flatMap((node) => {
      const bound = bar.bounds[node];
      return bound === undefined ? [] : [verdict(bar, node, bound, bar.read(results, node))];
    }),
  );
}

/** 1 where more is better, −1 where less is. */
const signOf = ({ sense }: Bar): number => (sense === "at least" ? 1 : -1);

/** Whether a reading keeps to a bound. */
export const keeps = (bar: Bar, bound: number, { value }: Reading): boolean =>
  signOf(bar) * (value - bound) >= 0;

function verdict(bar: Bar, node: number, bound: number, readings: readonly Reading[]): Verdict {
  const [worst] = readings.toSorted((a, b) => signOf(bar) * (a.value - b.value));
  const holds = worst && keeps(bar, bound, worst);
  return { bar, node, bound, readings, worst, holds };
}
