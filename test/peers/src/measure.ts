// Alternation: in each round every implementation runs a little, one after the other, so that what
// slows the machine down for a while slows all of them.
//
//   prepare → check against the truth → warm up → rounds of `repetitions` runs, the order rotating
//
// A sample lasts about 40 ms, or one run where a run is longer. The optimising tiers of JavaScript and
// WebAssembly take hundreds of runs to arrive: the warm-up waits for them.
import { agreement } from "./agreement.ts";
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
  /** Milliseconds that one implementation's rounds of one task may take; slow ones get fewer rounds. */
  readonly budget: number;
}

export const paces: { readonly [name in "quick" | "full"]: Pace } = {
  quick: { rounds: 5, warmUp: 150, sample: 15, budget: 500 },
  full: { rounds: 21, warmUp: 500, sample: 40, budget: 3_000 },
};

interface Entrant {
  readonly contender: Contender;
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
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    const { id, node } = contender.implementation;
    const refuse = (reason: string): void => {
      absences.push({ group, task, id, node, reason });
    };
    const declined = contender.implementation.declines(task);
    if (declined !== undefined) {
      refuse(declined);
      continue;
    }
    try {
      const entrant = await enter(contender, task, inputs, truth, field.scratch, pace);
      if (entrant.agreement.holds) entrants.push(entrant);
      else {
        const { value, gradients } = entrant.agreement;
        const errors = `value ${value.toExponential(1)}, gradients ${gradients.toExponential(1)}`;
        report(`  ${columnName({ id, node })} DISAGREES on ${taskName(task)}: ${errors}`);
        refuse(`disagrees with the reference: ${errors}`);
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(`  ${columnName({ id, node })} failed on ${taskName(task)}: ${reason}`);
      refuse(`failed: ${reason}`);
      await contender.restart();
    }
  }
  const peaks = await alternate(entrants, pace.rounds);
  const measurements = entrants.map(({ contender, ...rest }): Measurement => {
    const { id, node } = contender.implementation;
    const { repetitions, samples, stats } = rest;
    return { group, task, id, node, repetitions, samples, agreement: rest.agreement, stats };
  });
  for (const { contender } of entrants) await contender.remote.release();
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
  const checked = agreement(await remote.read(scratch), truth);
  const once = await warmUp(remote, pace);
  if (twin) {
    await twin.prepare(task, inputs);
    await warmUp(twin, pace);
  }
  const repetitions = Math.max(1, Math.round(pace.sample / once));
  const affordable = Math.ceil(pace.budget / (repetitions * once));
  const rounds = Math.min(pace.rounds, Math.max(3, affordable));
  const stats = await remote.stats();
  return { contender, repetitions, rounds, agreement: checked, stats, samples: [] };
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

/** Fills in the samples; the peak of each Node in each round, measured between the others. */
async function alternate(
  entrants: readonly Entrant[],
  rounds: number,
): Promise<Map<number, number[]>> {
  const peaks = new Map<number, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < entrants.length; i++) {
      const entrant = entrants[(i + round) % entrants.length]!;
      if (round >= entrant.rounds) continue;
      entrant.samples.push(await sample(entrant));
      const { id, node } = entrant.contender.implementation;
      const peak = id === "compiled" ? await entrant.contender.remote.peak() : null;
      if (peak !== null && node !== null) peaks.set(node, [...(peaks.get(node) ?? []), peak]);
    }
  }
  return peaks;
}

/**
 * Milliseconds of one run. Two processes run at once and share the work: 1/(1/a + 1/b), their times
 * a and b, so that this can be compared with two threads.
 */
async function sample({ contender, repetitions }: Entrant): Promise<number> {
  const { remote, twin } = contender;
  if (!twin) return (await remote.time(repetitions)) / repetitions;
  const both = await Promise.all([remote.time(repetitions), twin.time(repetitions)]);
  const [a = 0, b = 0] = both.map((ms) => ms / repetitions);
  return 1 / (1 / a + 1 / b);
}
