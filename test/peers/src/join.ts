// Several runs on one machine as one, so that a part can be measured again.
import type { Absence, Measurement, Results } from "./results.ts";
import { taskName } from "./tasks.ts";

type Row = {
  readonly task: Parameters<typeof taskName>[0];
  readonly id: string;
  readonly node: number | null;
};

/**
 * Later runs replace what they measured again, or failed to. Throws on no run, and on runs of two
 * machines.
 */
export function join(runs: readonly Results[]): Results {
  const [first] = runs;
  if (!first) throw new Error("bench: expected at least one run to show");
  for (const { machine } of runs)
    if (machine.cpu !== first.machine.cpu)
      throw new Error(
        `bench: expected runs of one machine, got ${first.machine.cpu} and ${machine.cpu}`,
      );
  const latest = <R extends Row & { readonly group?: string }>(
    part: (r: Results) => readonly R[],
  ): R[] => [
    ...new Map(
      runs
        .flatMap(part)
        .map((row) => [`${row.group} ${taskName(row.task)} ${row.id} ${row.node}`, row]),
    ).values(),
  ];
  // One list, so that a measurement replaces the absence of an earlier run, and the other way round.
  const outcomes = latest<Measurement | Absence>((r) => [...r.measurements, ...r.absences]);
  const isMeasured = (row: Measurement | Absence): row is Measurement => "samples" in row;
  return {
    machine: first.machine,
    quick: runs.some(({ quick }) => quick),
    names: Object.assign({}, ...runs.map(({ names }) => names)),
    missing: [...new Set(runs.flatMap(({ missing }) => missing))],
    peaks: latest((r) => r.peaks.map((peak) => ({ ...peak, id: "peak" }))),
    measurements: outcomes.filter(isMeasured),
    absences: outcomes.filter((row): row is Absence => !isMeasured(row)),
    firstCalls: latest((r) => r.firstCalls),
    memory: latest((r) => r.memory),
    starts: [
      ...new Map(
        runs
          .flatMap(({ starts }) => starts)
          .map((run) => [`${run.engine} ${run.node}`, run] as const),
      ).values(),
    ],
  };
}
