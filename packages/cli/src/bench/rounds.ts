/**
 * Alternation: in every round each contender runs for a moment, so that what slows the machine for a
 * while slows all of them; the order rotates.
 *
 *   warm up → rounds of samples, a sample = repetitions of one run
 *
 * The optimising tiers of JavaScript and WebAssembly take a while to arrive: the warm-up waits for them.
 */

import type { Interruption } from "../interrupt.ts";

/** One who runs; `ready` is what the warm-up waits for, such as threads that start. */
export interface Contender {
  readonly name: string;
  run(): void;
  ready?(): boolean;
}

/** All in milliseconds but the rounds. */
export interface Pace {
  readonly rounds: number;
  readonly warmUp: number;
  readonly sample: number;
  /** Of all rounds of one task: beyond, those who are slow get fewer, at least three. */
  readonly budget: number;
}

export const paces: { readonly [name in "quick" | "full"]: Pace } = {
  quick: { rounds: 3, warmUp: 60, sample: 8, budget: 1000 },
  full: { rounds: 9, warmUp: 250, sample: 25, budget: 2500 },
};

/** Milliseconds of one run, round by round, by name. */
export type Samples = { readonly [name: string]: readonly number[] };

/** How long a warm-up waits for threads, in milliseconds. */
const patience = 2000;

/** Median and quartiles. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Warms up, then measures; `onRound` hears which share of the rounds is done. Undefined when interrupted. */
export async function alternate(
  contenders: readonly Contender[],
  { rounds, warmUp, sample, budget }: Pace,
  interruption: Interruption,
  onRound: (share: number, samples: Samples) => void,
): Promise<Samples | undefined> {
  const repetitions = new Map<Contender, number>();
  for (const contender of contenders) {
    const once = await warm(contender, warmUp);
    repetitions.set(contender, Math.max(1, Math.round(sample / once)));
  }
  const samples = Object.fromEntries(contenders.map(({ name }) => [name, [] as number[]]));
  const start = performance.now();
  for (let round = 0; ; round++) {
    contenders.forEach((_, i) => {
      const contender = contenders[(i + round) % contenders.length]!;
      samples[contender.name]!.push(time(contender, repetitions.get(contender)!));
    });
    const isLate = round >= 2 && performance.now() - start > budget;
    const share = isLate ? 1 : (round + 1) / rounds;
    onRound(share, samples);
    if (share === 1) return samples;
    await interruption.breathe();
    if (interruption.requested) return undefined;
  }
}

/** Runs for a while; the milliseconds of one run at the end of it. */
async function warm(contender: Contender, enough: number): Promise<number> {
  const start = performance.now();
  const spent = (): number => performance.now() - start;
  let once = time(contender, 1);
  while (spent() < enough || (contender.ready?.() === false && spent() < patience)) {
    once = time(contender, Math.max(1, Math.min(100, Math.round(enough / 8 / once))));
    // Threads start while this one sleeps.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return once;
}

function time({ run }: Contender, repetitions: number): number {
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) run();
  return Math.max(1e-4, (performance.now() - start) / repetitions);
}

/** Median and quartiles, interpolated linearly between order statistics; of at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (p: number): number => {
    const at = p * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
  };
  return { median: quantile(0.5), lower: quantile(0.25), upper: quantile(0.75) };
}

/** a/b round by round, then its spread: what disturbs both in a round cancels. */
export function ratio(a: readonly number[], b: readonly number[]): Spread {
  return spread(a.map((value, round) => value / b[round]!));
}
