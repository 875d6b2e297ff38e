// A bar: what this project asks of itself, as a number read from a run and a bound for it.
import type { Results } from "../results.ts";

/** One value that a bar is about. */
export interface Reading {
  readonly value: number;
  readonly what: string;
}

export interface Bar {
  readonly measure: string;
  /** By Node: the bound. */
  readonly bounds: { readonly [node: number]: number };
  readonly sense: "at least" | "at most";
  readonly unit: "×" | "%" | "ms" | "MB" | "s" | "tasks";
  readonly read: (results: Results, node: number) => Reading[];
}

export interface Verdict {
  readonly bar: Bar;
  readonly node: number;
  readonly bound: number;
  readonly readings: readonly Reading[];
  /** The reading that is farthest on the wrong side; undefined when nothing was measured. */
  readonly worst: Reading | undefined;
  readonly holds: boolean | undefined;
}
