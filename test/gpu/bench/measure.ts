// Alternation, as in test/peers: in each round everyone runs a little, in an order that rotates.
//
//   prepare → check against the truth → warm up → rounds
//
// A task that would take too long on a column is left out, and said so: judged by the step before it
// and by its operations, or by its own first steps.
import { type Agreement, agreement } from "../../peers/src/agreement.ts";
import type { NamedArray } from "../../peers/src/arrays.ts";
import type { StepTask } from "../../peers/src/tasks.ts";
import { type Column, columnName, declines } from "./columns.ts";
import type { Absence, Measurement } from "./results.ts";
import type { Seat } from "./seats/seat.ts";
import { operationsOf } from "./tasks.ts";

export interface Pace {
  readonly rounds: number;
  /** Milliseconds that a sample, and half a warm-up, should last at least. */
  readonly sample: number;
  /** Milliseconds that one column's rounds of one task may take; slow ones get fewer rounds. */
  readonly budget: number;
  /** Milliseconds of a step beyond which it is left out. */
  readonly limit: number;
}

/** A column with its seat, and how fast it has been. */
export interface Contender {
  readonly column: Column;
  readonly seat: Seat;
  /** Milliseconds of an operation, by its last step. */
  pace?: number;
}

interface Entrant {
  readonly contender: Contender;
  readonly repetitions: number;
  readonly rounds: number;
  readonly agreement: Agreement;
  readonly samples: number[];
}

/** Measures one task on everyone who takes part. truth: a column's results in f64. */
export async function measureTask(
  contenders: readonly Contender[],
  task: StepTask,
  arrays: readonly NamedArray[],
  truth: (column: Column) => readonly ArrayLike<number>[],
  pace: Pace,
  say: (line: string) => void,
): Promise<{ readonly measurements: Measurement[]; readonly absences: Absence[] }> {
  const absences: Absence[] = [];
  const refuse = ({ column }: Contender, reason: string): void => {
    absences.push({ column, task, reason });
    say(`  ${columnName(column)}: ${reason}`);
  };
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    const declined = declines(contender.column, task);
    const slow = tooSlow(contender, task, pace.limit);
    if (declined !== undefined) continue;
    if (slow !== undefined) {
      refuse(contender, slow);
      continue;
    }
    try {
      const entrant = await enter(contender, task, arrays, truth(contender.column), pace);
      if (typeof entrant === "string") refuse(contender, entrant);
      else entrants.push(entrant);
    } catch (error) {
      refuse(contender, `failed: ${firstLine(error)}`);
    }
  }
  const finished = await alternate(entrants, pace.rounds, refuse);
  const measurements: Measurement[] = [];
  for (const { contender, samples, agreement } of finished) {
    const { column, seat } = contender;
    measurements.push({ column, task, samples, agreement, traffic: await seat.traffic() });
  }
  for (const { contender } of entrants) await contender.seat.release().catch(() => {});
  return { measurements, absences };
}

/** Why the task is not begun; undefined when it is. */
function tooSlow({ pace }: Contender, task: StepTask, limit: number): string | undefined {
  const expected = (pace ?? 0) * operationsOf(task);
  if (expected <= limit) return undefined;
  return `about ${seconds(expected)} a step, judged by its operations and a smaller one; left out`;
}

/** Ready to be measured, or why not. */
async function enter(
  contender: Contender,
  task: StepTask,
  arrays: readonly NamedArray[],
  truth: readonly ArrayLike<number>[],
  { sample, budget, limit, rounds }: Pace,
): Promise<Entrant | string> {
  const { seat } = contender;
  await seat.prepare(task, arrays);
  const found = agreement(await seat.read(), truth);
  if (!found.holds) {
    await seat.release();
    const [value, gradients] = [found.value, found.gradients].map((e) => e.toExponential(1));
    return `disagrees with the engine in f64: value ${value}, gradients ${gradients}`;
  }
  let once = await seat.time(1);
  if (once > limit) {
    await seat.release();
    contender.pace = once / operationsOf(task);
    return `${seconds(once)} a step; left out`;
  }
  for (let spent = once; spent < sample / 2; ) {
    const repetitions = Math.max(1, Math.min(50, Math.round(sample / 8 / Math.max(once, 1e-2))));
    once = await seat.time(repetitions);
    spent += repetitions * once;
  }
  contender.pace = once / operationsOf(task);
  const repetitions = Math.max(1, Math.round(sample / once));
  const affordable = Math.max(3, Math.ceil(budget / (repetitions * once)));
  const entrant = { contender, repetitions, agreement: found, samples: [] };
  return { ...entrant, rounds: Math.min(rounds, affordable) };
}

/** Fills in the samples; those who fail on the way are refused and left out. */
async function alternate(
  entrants: readonly Entrant[],
  rounds: number,
  refuse: (contender: Contender, reason: string) => void,
): Promise<Entrant[]> {
  const fallen = new Set<Entrant>();
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < entrants.length; i++) {
      const entrant = entrants[(i + round) % entrants.length]!;
      if (round >= entrant.rounds || fallen.has(entrant)) continue;
      try {
        entrant.samples.push(await entrant.contender.seat.time(entrant.repetitions));
      } catch (error) {
        fallen.add(entrant);
        refuse(entrant.contender, `failed: ${firstLine(error)}`);
      }
    }
  return entrants.filter((entrant) => !fallen.has(entrant));
}

const seconds = (ms: number): string => `${(ms / 1e3).toPrecision(2)} s`;

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
