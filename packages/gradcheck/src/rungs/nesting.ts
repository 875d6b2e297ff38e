// The nesting rung: derivatives of derivatives agree however the modes are nested, and vmap with a loop.
//
//   H v = ∂(∇φ) v = ∇(∂φ v) = ∇⟨∇φ, v⟩,   ⟨w, H v⟩ = ⟨v, H w⟩ = ∂(∂φ v) w,   φ = ⟨u, f⟩
import { type MapAxes, Tensor, vmap } from "@cotangent/autodiff/functions";
import { evaluateFlat } from "@cotangent/autodiff/testing";
import { Draws } from "../draws.ts";
import { directional, type Field, gradient, pairing, scalarOf } from "../higher.ts";
import type { Settings } from "../options.ts";
import type { RungResult } from "../report.ts";
import { directionOf, Slopes } from "../slopes.ts";
import type { Subject } from "../subject.ts";
import { skipped, Tally } from "../tally.ts";
import { dot, largest, type Vector } from "../vector.ts";

export function nestingRung(subject: Subject, settings: Settings): RungResult {
  const { engine, point } = subject;
  if (!engine) return skipped("nesting", "it needs a function of the engine");
  const tally = new Tally("nesting", settings);
  const draws = new Draws(settings.seed, 7);
  const [inputs, outputs] = engine.layouts;
  const draw = () => directionOf(subject, draws);
  const [u, v, w] = [draws.signed(outputs.size), draw(), draw()];
  const shift = draws.signed(inputs.size);
  const equal = point.map((xi, i) => xi * (1 + 2 ** -51 * shift[i]!));
  const at = (f: Field, x: Vector = point) => inputs.join(f(...inputs.tensors(x)), "a derivative");
  /** The components of two vectors, to rounding: `moved` is what rounding of the arguments changes. */
  const agree = (what: string, got: Vector, expected: Vector, near: Vector) => {
    const moved = largest(near.map((y, i) => y - expected[i]!)) || 0;
    const allowed = 2 ** -45 * (largest(expected) + largest(got)) + 64 * moved;
    const errors = got.map((y, i) => Math.abs(y - expected[i]!));
    const worst = errors.reduce((k, error, i) => (error > errors[k]! ? i : k), 0);
    const place = got.length === inputs.size ? ` at ${inputs.describe(worst)}` : "";
    if (got.length > 0)
      tally.compare(
        { what: what + place, estimate: moved },
        got[worst]!,
        expected[worst]!,
        allowed,
      );
  };

  if (settings.order >= 2) {
    const phi = scalarOf(subject, u);
    const [vs, ws] = [v, w].map((x) => inputs.tensors(x)) as [Tensor[], Tensor[]];
    const overReverse = directional(gradient(phi), vs);
    const [hv, near] = [at(overReverse), at(overReverse, equal)];
    agree("H v, reverse over forward", at(gradient(directional(phi, vs))), hv, near);
    const paired = gradient((...x) => pairing(gradient(phi)(...x), vs));
    agree("H v, reverse over reverse", at(paired), hv, near);
    const one = (f: (...x: Tensor[]) => Tensor, x = point) =>
      Float64Array.of(f(...inputs.tensors(x)).item());
    const whv = [hv, near].map((h) => Float64Array.of(dot(w, h))) as [Vector, Vector];
    const spread = Float64Array.of(
      whv[0][0]! +
        dot(
          w.map(Math.abs),
          near.map((y, i) => Math.abs(y - hv[i]!)),
        ),
    );
    agree(
      "⟨w, H v⟩, forward over forward",
      one(directional(directional(phi, vs), ws)),
      whv[0],
      spread,
    );
    const hw = at(directional(gradient(phi), ws));
    agree("symmetry, ⟨v, H w⟩ = ⟨w, H v⟩", Float64Array.of(dot(v, hw)), whv[0], spread);
    if (settings.order >= 3) {
      const third = directional(phi, vs, 3);
      const mixed = (...x: Tensor[]) => pairing(gradient(directional(phi, vs, 2))(...x), vs);
      agree("third derivative, reverse over forward", one(mixed), one(third), one(third, equal));
      const second = (x: Vector) => one(directional(phi, vs, 2), x);
      const slopes = new Slopes({ ...subject, value: second, engine: undefined }, settings);
      const where = { what: "third derivative along v" };
      slopes.judge(tally, where, one(third)[0]!, slopes.along(v, 1), 0);
    }
  }

  const size = 3;
  const members = Array.from({ length: size }, (_, b) => {
    const away = draw();
    return inputs.tensors(point.map((xi, i) => xi + 0.01 * b * away[i]!));
  });
  const graphRun: Field = (...x) => evaluateFlat(engine.graph, x);
  const batched = (name: string, f: Field) => {
    const k = inputs.leaves.length;
    const all = Array.from({ length: k }, () => 0);
    const choices: (number | null)[][] = [
      all,
      ...(k > 1 ? [all.with(0, null!), all.map((_, i) => (i ? null : 0)) as number[]] : []),
    ];
    for (const axes of choices) {
      const given = members[0]!.map((x, i) =>
        axes[i] === null ? x : stack(members.map((m) => m[i]!)),
      );
      const got = vmap(f, axes as MapAxes)(...given);
      for (let b = 0; b < size; b++) {
        const own = f(...members[0]!.map((x, i) => (axes[i] === null ? x : members[b]![i]!)));
        got.forEach((y, j) => {
          const row = Float64Array.from(
            y.data.subarray((b * y.size) / size, ((b + 1) * y.size) / size),
          );
          const expected = Float64Array.from(own[j]!.data);
          agree(
            `vmap of ${name}, member ${b}, leaf ${j}, axes ${axes.map(String)}`,
            row,
            expected,
            expected,
          );
        });
      }
    }
  };
  batched("f", graphRun);
  batched("the gradient", gradient(scalarOf(subject, u, (x) => graphRun(...x))));
  return tally.result();
}

function stack(parts: readonly Tensor[]): Tensor {
  const data = new Float64Array(parts.length * parts[0]!.size);
  parts.forEach((x, b) => data.set(x.data, b * x.size));
  return new Tensor([parts.length, ...parts[0]!.shape], "f64", data);
}
