// The first rungs: shapes, dtypes and trees are right and arguments stay as they were; two runs agree.
import { isSingular } from "../directions.ts";
import type { Ascent, Rung } from "../tally.ts";
import type { Vector } from "../vector.ts";

type Check = (ascent: Ascent, name: string, run: () => Vector) => void;

/** Checks the value, and each derivative at a random tangent or cotangent; what throws is broken. */
const each =
  (check: Check): Rung =>
  (ascent) => {
    const { subject, draws, tally } = ascent;
    const { point, inputs, outputs, value, jvp, vjp } = subject;
    const [v, u] = [draws.signed(inputs.size), draws.signed(outputs.size)];
    const attempt = (name: string, run: () => Vector) => {
      tally.checked++;
      tally.attempt(() => check(ascent, name, run), name);
    };
    attempt("value", () => value(point));
    if (jvp) attempt("jvp", () => jvp(point, v));
    if (vjp) attempt("vjp", () => vjp(point, u));
  };

/** Each has the trees, shapes and dtypes of what it belongs to, is a number, and changes no argument. */
export const structureRung: Rung = each(({ subject, draws, tally }, name, run) => {
  const wrong = run().find((yi) => !Number.isFinite(yi));
  if (wrong === undefined) return;
  if (!subject.value(subject.point).every(Number.isFinite)) tally.open(`${name} is ${wrong}`);
  // Where a derivative is infinite, sums of both signs are no number: the numeric rung looks closer.
  else if (!isSingular(subject, draws)) tally.broken(`${name} is NaN where the value is finite`);
});

/** Each gives the same bits twice, and again after all other rungs. */
export const determinismRung: Rung = each(({ tally, later }, name, run) => {
  const first = run();
  const repeat = (when: string) => {
    const again = run();
    const i = first.findIndex((yi, k) => !Object.is(yi, again[k]));
    if (i >= 0) tally.compare({ what: `${name}, component ${i}${when}` }, first[i]!, again[i]!, 0);
  };
  repeat("");
  later.push(() => tally.attempt(() => repeat(", after all other rungs"), name));
});
