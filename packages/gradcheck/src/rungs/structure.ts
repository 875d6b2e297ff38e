// The first rungs: shapes, dtypes and trees are right and arguments stay as they were; two runs agree.
import { messageOf } from "../errors.ts";
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
      try {
        tally.checked++;
        check(ascent, name, run);
      } catch (error) {
        tally.broken(messageOf(error));
      }
    };
    attempt("value", () => value(point));
    if (jvp) attempt("jvp", () => jvp(point, v));
    if (vjp) attempt("vjp", () => vjp(point, u));
  };

/** Each has the trees, shapes and dtypes of what it belongs to, is a number, and changes no argument. */
export const structureRung: Rung = each(({ subject, tally }, name, run) => {
  const wrong = run().find((yi) => !Number.isFinite(yi));
  const isDefined = subject.value(subject.point).every(Number.isFinite);
  if (wrong !== undefined && Number.isNaN(wrong) && isDefined)
    tally.broken(`${name} is NaN where the value is finite`);
  else if (wrong !== undefined) tally.open(`${name} is ${wrong}`);
});

/** Each gives the same bits twice. */
export const determinismRung: Rung = each(({ tally }, name, run) => {
  const [a, b] = [run(), run()];
  const i = a.findIndex((ai, k) => !Object.is(ai, b[k]));
  if (i >= 0) tally.compare({ what: `${name}, component ${i}` }, a[i]!, b[i]!, 0);
});
