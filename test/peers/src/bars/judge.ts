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

function verdict(bar: Bar, node: number, bound: number, readings: readonly Reading[]): Verdict {
  const sign = bar.sense === "at least" ? 1 : -1;
  const [worst] = readings.toSorted((a, b) => sign * (a.value - b.value));
  const holds = worst === undefined ? undefined : sign * (worst.value - bound) >= 0;
  return { bar, node, bound, readings, worst, holds };
}
