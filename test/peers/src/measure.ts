// Alternation: in each round every implementation runs a little, one after the other, so that what
// slows the machine down for a while slows all of them.
//
//   prepare → check against the truth → warm up → rounds of `lead` and `repetitions` runs, the order rotating
//
// A sample lasts about 40 ms, or one run where a run is longer. What is measured is a loop that goes on, so each turn
// begins with 100 ms of runs that are not timed: the others' turns have emptied the caches, a processor that has idled
// takes some 80 ms to reach its speed, and an operating system takes some to spread threads over cores again. The optimising tiers of JavaScript and
// WebAssembly take hundreds of runs to arrive: the warm-up waits for them.
import { agreement, worse } from "./agreement.ts";
import type { Layout } from "./arrays.ts";
import type { Contender, Field } from "./field.ts";
import { columnName } from "./implementations.ts";
import type { Remote } from "./remote.ts";
import type { Absence, Measurement, Peak } from "./results.ts";
import { type Group, type Task, taskName } from "./tasks.ts";

export interface Pace {
  readonly rounds: number;
  /** Milliseconds of warm-up for each implementation and task. */
  readonly warmUp: number;
  /** Milliseconds that a sample should last. */
  readonly sample: number;
  /** Milliseconds of runs before it; none where one run takes longer. */
  readonly lead: number;
  /** Milliseconds that one implementation's rounds of one task may take; slow ones get fewer rounds. */
  readonly budget: number;
}

export const paces: { readonly [name in "quick" | "full"]: Pace } = {
  quick: { rounds: 5, warmUp: 150, sample: 15, lead: 30, budget: 700 },
  full: { rounds: 21, warmUp: 500, sample: 40, lead: 100, budget: 3_500 },
};

interface Entrant {
  readonly contender: Contender;
  /** Runs before those that are timed. */
  readonly lead: number;
  readonly repetitions: number;
  readonly rounds: number;
  readonly agreement: Measurement["agreement"];
  readonly stats: unknown;
  readonly samples: number[];
}

/** Measures one task on those of the field that take part in it. */
export async function measureTask(
  field: Field,
  contenders: readonly Contender[],
  group: Group,
  task: Task,
  pace: Pace,
  report: (line: string) => void,
): Promise<{ measurements: Measurement[]; absences: Absence[]; peaks: Peak[] }> {
  const { inputs, truth } = await field.truth(task);
  const absences: Absence[] = [];
  const refuse = ({ implementation: { id, node } }: Contender, reason: string): void => {
    absences.push({ group, task, id, node, reason });
  };
  /** What `attempt` resolves to; undefined, and a fresh process, when it fails. */
  const guard = async <T>(contender: Contender, attempt: () => Promise<T>) => {
    try {
      return await attempt();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(`  ${columnName(contender.implementation)} failed on ${taskName(task)}: ${reason}`);
      refuse(contender, `failed: ${reason}`);
      await contender.restart();
      return undefined;
    }
  };

  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    const declined = contender.implementation.declines(task);
    if (declined !== undefined) {
      refuse(contender, declined);
      continue;
    }
    const entrant = await guard(contender, () =>
      enter(contender, task, inputs, truth, field.scratch, pace),
    );
    if (entrant?.agreement.holds) entrants.push(entrant);
    else if (entrant) {
      const { value, gradients } = entrant.agreement;
      const errors = `value ${value.toExponential(1)}, gradients ${gradients.toExponential(1)}`;
      report(`  ${columnName(contender.implementation)} DISAGREES on ${taskName(task)}: ${errors}`);
      refuse(contender, `disagrees with the reference: ${errors}`);
    }
  }
  const { finished, peaks } = await alternate(entrants, pace.rounds, guard);
  const measurements = finished.map((entrant): Measurement => {
    const { id, node } = entrant.contender.implementation;
    const { repetitions, samples, stats } = entrant;
    return { group, task, id, node, repetitions, samples, agreement: entrant.agreement, stats };
  });
  for (const { contender } of finished) await guard(contender, () => contender.remote.release());
  const named = [...peaks].map(([node, gflops]): Peak => ({ group, task, node, gflops }));
  return { measurements, absences, peaks: named };
}

async function enter(
  contender: Contender,
  task: Task,
  inputs: Layout,
  truth: readonly Float64Array[],
  scratch: string,
  pace: Pace,
): Promise<Entrant> {
  const { remote, twin } = contender;
  await remote.prepare(task, inputs);
  const cold = agreement(await remote.read(scratch), truth);
  const once = await warmUp(remote, pace);
  // Again, by the optimised code and with every thread at work.
  const warm = agreement(await remote.read(scratch), truth);
  if (twin) {
    await twin.prepare(task, inputs);
    await warmUp(twin, pace);
  }
  const repetitions = Math.max(1, Math.round(pace.sample / once));
  const lead = once > pace.lead ? 0 : Math.ceil(pace.lead / once);
  const affordable = Math.ceil(pace.budget / ((lead + repetitions) * once));
  const rounds = Math.min(pace.rounds, Math.max(3, affordable));
  const stats = await remote.stats();
  return { contender, lead, repetitions, rounds, agreement: worse(cold, warm), stats, samples: [] };
}

/** Runs for a while; the milliseconds of one run at the end of it. */
async function warmUp(remote: Remote, { warmUp: enough }: Pace): Promise<number> {
  let once = await remote.time(1);
  for (let spent = once; spent < enough; ) {
    const repetitions = Math.max(1, Math.min(100, Math.round(enough / 8 / Math.max(once, 1e-3))));
    const took = await remote.time(repetitions);
    once = took / repetitions;
    spent += took;
  }
  return once;
}

/** Fills in the samples of those who last; the peak of each Node, measured between them. */
async function alternate(
  entrants: readonly Entrant[],
  rounds: number,
  guard: <T>(contender: Contender, attempt: () => Promise<T>) => Promise<T | undefined>,
): Promise<{ finished: Entrant[]; peaks: Map<number, number[]> }> {
  const peaks = new Map<number, number[]>();
  const fallen = new Set<Entrant>();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < entrants.length; i++) {
      const entrant = entrants[(i + round) % entrants.length]!;
      const { contender, samples } = entrant;
      if (round >= entrant.rounds || fallen.has(entrant)) continue;
      const ms = await guard(contender, () => sample(entrant));
      if (ms === undefined) {
        fallen.add(entrant);
        continue;
      }
      samples.push(ms);
      const { id, node } = contender.implementation;
      const peak = id === "compiled" ? await contender.remote.peak() : null;
      if (peak !== null && node !== null) peaks.set(node, [...(peaks.get(node) ?? []), peak]);
    }
  }
  return { finished: entrants.filter((entrant) => !fallen.has(entrant)), peaks };
}

/**
 * Milliseconds of one run. Two processes run at once and share the work: 1/(1/a + 1/b), their times
 * a and b, so that this can be compared with two threads.
 */
async function sample({ contender, lead, repetitions }: Entrant): Promise<number> {
  const { remote, twin } = contender;
  const timed = async (host: Remote): Promise<number> => {
    if (lead > 0) await host.time(lead);
    return host.time(repetitions);
  };
  if (!twin) return (await timed(remote)) / repetitions;
  const both = await Promise.all([timed(remote), timed(twin)]);
  const [a = 0, b = 0] = both.map((ms) => ms / repetitions);
  return 1 / (1 / a + 1 / b);
}
