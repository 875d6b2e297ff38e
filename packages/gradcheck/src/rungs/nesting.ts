// The nesting rung: derivatives of derivatives agree however the modes are nested, and vmap with a loop.
//
//   H v = ∂(∇φ) v = ∇(∂φ v) = ∇⟨∇φ, v⟩,   ⟨w, H v⟩ = ⟨v, H w⟩ = ∂(∂φ v) w,   φ = ⟨u, f⟩
import { type MapAxes, stack, type Tensor, vmap } from "@cotangent/autodiff/functions";
import { evaluateFlat, type FlatFunction } from "@cotangent/autodiff/testing";
import { directionOf, isSingular } from "../directions.ts";
import { directional, type Field, gradient, pairing, scalarOf } from "../higher.ts";
import { noisy } from "../rounding.ts";
import { Slopes } from "../slopes.ts";
import type { Rung } from "../tally.ts";
import { along, largest, type Vector } from "../vector.ts";

const joined = (y: readonly Tensor[]): Vector =>
  Float64Array.from(y.flatMap(({ data }) => [...data]));

export const nestingRung: Rung = ({ subject, settings, draws, tally }) => {
  const { engine, point, inputs, outputs } = subject;
  if (!engine) return tally.skip("it needs a function of the engine");
  if (isSingular(subject, draws)) return tally.skip("a derivative is infinite");
  const draw = () => directionOf(subject, draws);
  const [u, v, vs, ws] = [draws.signed(outputs.size), draw(), draw(), draw()].map((x, i) =>
    i < 2 ? x : inputs.tensors(x),
  ) as [Vector, Vector, Tensor[], Tensor[]];
  /** Equal to rounding, where rounding alone moves a component by `moved`. */
  const close = (what: string, got: Vector, expected: Vector, moved: number) => {
    const allowed = 2 ** -45 * (largest(expected) + largest(got)) + 64 * moved;
    const errors = got.map((y, i) => Math.abs(y - expected[i]!));
    const isWorse = (error: number, than: number) => error > than || Number.isNaN(error);
    const worst = errors.reduce((k, error, i) => (isWorse(error, errors[k]!) ? i : k), 0);
    const [own, other] = [got[worst] ?? 0, expected[worst] ?? 0];
    if (Number.isNaN(own) && Number.isNaN(other)) tally.open(`${what}: both are NaN`);
    else tally.compare({ what, estimate: moved }, own, other, allowed);
  };
  const at = (f: Field, x: Vector) => joined(f(...inputs.tensors(x)));
  /** Each derivative of φ, nested in different ways. */
  const fieldsOf = (run: FlatFunction) => {
    const phi = scalarOf(subject, u, run);
    const hv = directional(gradient(phi), vs);
    const hw = directional(gradient(phi), ws);
    const mixed = gradient(directional(phi, vs, 2));
    return {
      hv,
      "H v, reverse over forward": gradient(directional(phi, vs)),
      "H v, reverse over reverse": gradient((...x) => pairing(gradient(phi)(...x), vs)),
      whv: (...x) => [pairing(hv(...x), ws)],
      "⟨w, H v⟩, forward over forward": (...x) => [directional(directional(phi, vs), ws)(...x)],
      "symmetry, ⟨v, H w⟩": (...x) => [pairing(hw(...x), vs)],
      second: (...x) => [directional(phi, vs, 2)(...x)],
      third: (...x) => [directional(phi, vs, 3)(...x)],
      "third derivative, reverse over forward": (...x) => [pairing(mixed(...x), vs)],
    } satisfies Record<string, Field>;
  };
  const fields = fieldsOf(engine.run);
  const moved = [0, 1].map(() => fieldsOf(noisy(engine, draws, 2 ** -53)));
  const agree = (name: keyof typeof fields, ...others: readonly (keyof typeof fields)[]) => {
    const measured = (field: keyof typeof fields) => {
      const y = at(fields[field], point);
      const noise = moved.map((f) => largest(at(f[field], point).map((yi, i) => yi - y[i]!)));
      return { y, noise: largest(noise) };
    };
    const own = measured(name);
    for (const what of others) {
      const { y, noise } = measured(what);
      close(what, y, own.y, Math.max(noise, own.noise));
    }
  };
  if (settings.order >= 2) {
    agree("hv", "H v, reverse over forward", "H v, reverse over reverse");
    agree("whv", "⟨w, H v⟩, forward over forward", "symmetry, ⟨v, H w⟩");
  }
  if (settings.order >= 3) {
    agree("third", "third derivative, reverse over forward");
    const value = (x: Vector) => at(fields.second, x);
    const slopes = new Slopes({ ...subject, value, engine: undefined }, settings);
    const line = slopes.along(joined(vs), 1);
    slopes.judge(tally, { what: "third derivative along v" }, at(fields.third, point)[0]!, line, 0);
  }

  const members = [0, 0.01, 0.02].map((h) => inputs.tensors(along(point, h, v)));
  const masks = [() => true, (i: number) => i === 0, (i: number) => i > 0];
  const own = masks.slice(0, inputs.leaves.length > 1 ? 3 : 1).map((mask) => [3, mask] as const);
  const batched = (name: string, f: Field) => {
    for (const [size, isMapped] of [...own, [1, masks[0]!] as const]) {
      const batch = members.slice(0, size);
      const mix = (member: Tensor[]) => member.map((x, i) => (isMapped(i) ? x : members[0]![i]!));
      const expected = batch.map((member) => f(...mix(member)));
      const given = members[0]!.map((x, i) => (isMapped(i) ? stack(batch.map((m) => m[i]!)) : x));
      const axes = given.map((_, i) => (isMapped(i) ? 0 : null));
      const what = `vmap of ${name} against a loop of ${size}, axes ${axes.map(String)}`;
      tally.attempt(
        () =>
          vmap(
            f,
            axes as MapAxes,
          )(...given).forEach((y, j) => {
            close(
              `${what}, leaf ${j}`,
              joined([y]),
              joined(expected.map((result) => result[j]!)),
              0,
            );
          }),
        what,
      );
    }
  };
  batched("f", (...x) => evaluateFlat(engine.graph, x));
  batched("the gradient", gradient(scalarOf(subject, u, (x) => evaluateFlat(engine.graph, x))));
};
