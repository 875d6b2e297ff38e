// Points and directions along which a subject is examined, and what is special about them.
import { jvp, type Tensor } from "@cotangent/autodiff/functions";
import type { FlatFunction } from "@cotangent/autodiff/testing";
import { Draws } from "./draws.ts";
import { allowances } from "./rounding.ts";
import type { Subject } from "./subject.ts";
import { clearStep } from "./switches.ts";
import { along, type Vector } from "./vector.ts";

/** A length that suits each coordinate. */
export const spansOf = ({ point }: Subject): Vector =>
  point.map((x) => Math.max(Math.abs(x), 2 ** -6));

/** A direction of both signs, whose coordinates suit the arguments. */
export function directionOf(subject: Subject, draws: Draws): Vector {
  const span = spansOf(subject);
  return draws.signed(span.length).map((s, i) => s * span[i]!);
}

/** Whether a derivative is infinite at the arguments, so that its products with zeros are no numbers. */
export function isSingular({ point, outputs, jvp, vjp }: Subject, draws: Draws): boolean {
  return [0, 1, 2, 3].some(() => {
    const [v, u] = [draws.signed(point.length), draws.signed(outputs.size)];
    const derivatives = [...(jvp?.(point, v) ?? []), ...(vjp?.(point, u) ?? [])];
    return derivatives.some((y) => Math.abs(y) === Number.POSITIVE_INFINITY);
  });
}

/** How often a sample is drawn again. */
export const attempts = 6;

/**
 * A point and a direction of both signs, with the largest step up to `start` that stays four steps away from
 * every switch; undefined after a few draws. The first point is the subject's own, unless `attempt` is above 0;
 * later ones lie apart, and their directions move fewer coordinates, which cross fewer switches.
 */
export function clearSample(
  subject: Subject,
  draws: Draws,
  start: number,
  attempt = 0,
): { readonly x: Vector; readonly v: Vector; readonly step: number } | undefined {
  const x = along(subject.point, 0.02 * attempt, directionOf(subject, draws));
  const moved = new Set(draws.sample(x.length, Math.ceil(x.length / 8 ** attempt)));
  const v = directionOf(subject, draws).map((vi, i) => (moved.has(i) ? vi : 0));
  const step = clearStep(subject, x, v, start);
  if (step > 0) return { x, v, step };
  return attempt < attempts ? clearSample(subject, draws, start, attempt + 1) : undefined;
}

/** How far rounding alone moves each component of J v; unknown of a plain function. */
export function movesOf({ engine, point, inputs, outputs }: Subject, v: Vector): Vector {
  if (!engine) return new Float64Array(outputs.size);
  const [x, xDot] = [inputs.tensors(point), inputs.tensors(v)];
  const push = (f: FlatFunction) =>
    outputs.join(jvp((...given: Tensor[]) => f(given) as Tensor[], x, xDot)[1], "jvp");
  return allowances(engine, new Draws(0, 0), 2 ** -53, push(engine.run), push);
}
