// Readings of the main job: its time, and its scores against the interpreter's.
import type { Results, Start } from "../results.ts";
import { type Engine, fisherAt } from "../start.ts";
import type { Bar } from "./bar.ts";

const startOf = (results: Results, node: number, engine: Engine): Start | undefined =>
  results.starts.find((run) => run.node === node && run.engine === engine);

/** fisher(cpu) / fisher(interpreter) of each objective, at the times that `at` picks from our curve. */
export const fisherRatios =
  (at: (end: number) => readonly number[]): Bar["read"] =>
  (results, node) => {
    const [ours, theirs] = [startOf(results, node, "cpu"), startOf(results, node, "interpreter")];
    return (ours?.curves ?? []).flatMap(({ name, curve }) => {
      const other = theirs?.curves.find((c) => c.name === name)?.curve;
      const end = curve.at(-1)?.seconds;
      if (!other || end === undefined) return [];
      return at(end).map((seconds) => ({
        value: fisherAt(curve, seconds) / fisherAt(other, seconds),
        what: `${name}${Number.isFinite(seconds) ? ` after ${seconds.toFixed(1)} s` : ""}`,
      }));
    });
  };

/** Seconds of the whole command on the compiler. */
export const startSeconds: Bar["read"] = (results, node) => {
  const run = startOf(results, node, "cpu");
  return run ? [{ value: run.seconds, what: "" }] : [];
};
