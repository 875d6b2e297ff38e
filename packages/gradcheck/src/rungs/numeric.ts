// The numeric rung: every entry of the Jacobian against extrapolated differences in f64.
//
//   ∂f_r/∂x_c ≈ Ridders(t ↦ f_r(x + t e_c))
//
// Beyond `exhaustive` entries: signed projections ⟨u, J v⟩, and every entry of a sampled block.

import { spansOf } from "../directions.ts";
import { misuse } from "../errors.ts";
import { Slopes } from "../slopes.ts";
import type { Subject } from "../subject.ts";
import type { Rung } from "../tally.ts";
import { basis, dot, type Vector } from "../vector.ts";

/** Inputs or outputs of the block that is sampled when there are too many. */
const block = 64;

export const numericRung: Rung = ({ subject, settings, draws, tally }) => {
  const { point, inputs, outputs, jvp, vjp } = subject;
  const [n, m, span] = [inputs.size, outputs.size, spansOf(subject)];
  const chosen = chosenInputs(subject, settings.only);
  const isAll = chosen.length * m <= settings.exhaustive;
  const columns = isAll ? chosen : draws.sample(chosen.length, block).map((i) => chosen[i]!);
  const rows = draws.sample(m, isAll ? m : block);
  const slopes = new Slopes(subject, settings);
  const modes = jacobians(subject, columns, rows);
  const kinked = new Set<number>();
  for (const c of columns) {
    const [v, where] = [basis(n, c), inputs.where(c)];
    const line = slopes.along(v, span[c]!);
    for (const [mode, entry] of modes)
      for (const r of rows) {
        const name = m === 1 ? where.what : `∂ ${outputs.describe(r)} / ∂ ${where.what}`;
        const what = modes.length > 1 ? `${name} (${mode})` : name;
        if (slopes.judge(tally, { ...where, what, output: r }, entry(c, r), line, r)) kinked.add(c);
      }
  }
  const project = (v: Vector, name: string) => {
    const u = draws.signed(m);
    const line = slopes.along(v, 1, u);
    const judge = (mode: string, analytic: number) =>
      slopes.judge(tally, { what: `${name} (${mode})` }, analytic, line, 0);
    if (jvp) judge("jvp", dot(u, jvp(point, v)));
    if (vjp) judge("vjp", dot(vjp(point, u), v));
  };
  const all = point.map((_, c) => Number(kinked.has(c)));
  if (kinked.size > 1) project(all, "⟨u, J v⟩ along all coordinates with kinks at once");
  for (let k = 0; k < (isAll ? 0 : 8); k++) {
    const v = new Float64Array(n);
    const signs = draws.signed(n);
    for (const c of chosen) v[c] = signs[c]! * span[c]!;
    project(v, `⟨u, J v⟩ for random u and v, number ${k}`);
  }
  if (!isAll)
    tally.note(`${columns.length} × ${rows.length} of ${n} × ${m} entries and 8 projections`);
};

/** The coordinates at or below a path. */
function chosenInputs({ inputs }: Subject, only: string): number[] {
  const isBelow = (name: string) =>
    name.startsWith(only) && !/^\w\w/.test(name.slice(only.length - 1));
  const all = Array.from({ length: inputs.size }, (_, c) => c);
  const chosen = only === "" ? all : all.filter((c) => isBelow(inputs.describe(c)));
  if (chosen.length > 0 || only === "") return chosen;
  const paths = inputs.leaves.map(({ path }) => path).join(", ");
  throw misuse`checkGrads: option only is ${only}, which no coordinate lies below; the leaves are ${paths}`;
}

type Entry = (c: number, r: number) => number;

/** The entries of the Jacobian in each mode there is; of two only the cheaper one if both cost much. */
function jacobians(
  { point, jvp, vjp, inputs, outputs }: Subject,
  columns: number[],
  rows: number[],
): [string, Entry][] {
  const isCheap = columns.length + rows.length <= 512;
  const modes: [string, Entry][] = [];
  if (jvp && (isCheap || !vjp || columns.length <= rows.length)) {
    const images = new Map(columns.map((c) => [c, jvp(point, basis(inputs.size, c))]));
    modes.push(["jvp", (c, r) => images.get(c)![r]!]);
  }
  if (vjp && (isCheap || modes.length === 0)) {
    const bars = new Map(rows.map((r) => [r, vjp(point, basis(outputs.size, r))]));
    modes.push(["vjp", (c, r) => bars.get(r)![c]!]);
  }
  return modes;
}
