/**
 * Learning-rate schedules: step t (counted from 0) ↦ the factor that multiplies the learning rate.
 * They are functions of the step as a float scalar, built from engine operations, so that a traced or
 * compiled training step carries its schedule with it.
 */
import {
  add,
  cos,
  div,
  less,
  maximum,
  minimum,
  mul,
  pow,
  sub,
  type Tensor,
  where,
} from "@cotangent/autodiff";
import { requireFunction, requireNumber, requireOptions } from "./preconditions.ts";

/** t: float scalar ≥ 0 → factor, scalar. */
export type Schedule = (step: Tensor) => Tensor | number;

/** The same factor at every step. */
export function constant(factor = 1): Schedule {
  requireNumber("constant", "the factor", factor, "to be a finite number", Number.isFinite);
  return () => factor;
}

/**
 * f(t) = final + (1 − final) ½(1 + cos(π min(t/steps, 1))): from 1 down to `final` (default 0).
 *
 * Source: Loshchilov and Hutter, SGDR, ICLR 2017, equation 5, without restarts.
 */
export function cosine(options: { steps: number; final?: number }): Schedule {
  const names = { steps: true, final: false };
  const { steps, final = 0 } = requireOptions("cosine", options, names);
  requirePositive("cosine", "steps", steps);
  requireNumber("cosine", "final", final, "to be a finite number", Number.isFinite);
  return (step) => {
    const progress = minimum(div(step, steps), 1);
    return add(final, mul((1 - final) / 2, add(1, cos(mul(Math.PI, progress)))));
  };
}

/** f(t) = rate^(t/every): `rate` per `every` steps (default 1). */
export function exponential(options: { rate: number; every?: number }): Schedule {
  const names = { rate: true, every: false };
  const { rate, every = 1 } = requireOptions("exponential", options, names);
  requirePositive("exponential", "rate", rate);
  requirePositive("exponential", "every", every);
  return (step) => pow(rate, div(step, every));
}

/** f(t) = (t + 1)/steps while t < steps, then `after`(t − steps) (default 1): a linear rise, then another schedule. */
export function warmup(options: { steps: number; after?: Schedule }): Schedule {
  const names = { steps: true, after: false };
  const { steps, after = constant() } = requireOptions("warmup", options, names);
  requirePositive("warmup", "steps", steps);
  requireFunction("warmup", "after", after);
  return (step) =>
    where(less(step, steps), div(add(step, 1), steps), after(maximum(sub(step, steps), 0)));
}

const requirePositive = (operation: string, name: string, value: unknown): void =>
  requireNumber(operation, name, value, "> 0", (x) => x > 0 && Number.isFinite(x));
