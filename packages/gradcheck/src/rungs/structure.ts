// The first rungs: shapes, dtypes and trees are right and arguments stay as they were; two runs agree.
import { Draws } from "../draws.ts";
import { messageOf } from "../errors.ts";
import type { Settings } from "../options.ts";
import type { RungName, RungResult } from "../report.ts";
import type { Subject } from "../subject.ts";
import { Tally } from "../tally.ts";
import { same, type Vector } from "../vector.ts";

type Run = readonly [name: string, run: () => Vector];

/** The value and each derivative once, at random tangents and cotangents. */
function runs({ point, inputs, outputs, value, jvp, vjp }: Subject, { seed }: Settings): Run[] {
  const draws = new Draws(seed, 1);
  const [v, u] = [draws.signed(inputs.size), draws.signed(outputs.size)];
  const all: Run[] = [["value", () => value(point)]];
  if (jvp) all.push(["jvp", () => jvp(point, v)]);
  if (vjp) all.push(["vjp", () => vjp(point, u)]);
  return all;
}

function each(
  rung: RungName,
  subject: Subject,
  settings: Settings,
  check: (tally: Tally, run: Run) => void,
): RungResult {
  const tally = new Tally(rung, settings);
  for (const run of runs(subject, settings))
    try {
      tally.checked++;
      check(tally, run);
    } catch (error) {
      tally.broken(messageOf(error));
    }
  return tally.result();
}

/** Each derivative has the trees, shapes and dtypes of what it belongs to, is finite, and changes no argument. */
export const structureRung = (subject: Subject, settings: Settings): RungResult => {
  const isDefined = subject.value(subject.point).every(Number.isFinite);
  return each("structure", subject, settings, (tally, [name, run]) => {
    const y = run();
    const wrong = y.findIndex((yi) => !Number.isFinite(yi));
    if (wrong < 0) return;
    if (!isDefined) tally.open("the value at the arguments is not finite");
    else if (!Number.isNaN(y[wrong])) tally.open(`${name} is infinite`);
    else tally.broken(`${name} is ${y[wrong]} where the value is finite`);
  });
};

/** Each gives the same bits twice. */
export const determinismRung = (subject: Subject, settings: Settings): RungResult =>
  each("determinism", subject, settings, (tally, [name, run]) => {
    const [a, b] = [run(), run()];
    const i = a.findIndex((ai, k) => !Object.is(ai, b[k]));
    if (!same(a, b))
      tally.compare({ what: `${name}, component ${i}, first and second run` }, a[i]!, b[i]!, 0);
  });
