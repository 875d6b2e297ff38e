// Updates of all parameter arrays, as launches of kernels; t counts steps from 0.
//
//   adam   kernels/adam.ts, moments { first, second }        sgd   kernels/sgd.ts, { velocity } with momentum
//
// The conventions, and the moments' names, are those of @cotangent/training. `rates` holds what depends
// on t alone, computed on the host in f64: [η f(t)/(1 − β₁ᵗ⁺¹), 1/(1 − β₂ᵗ⁺¹)], or [η f(t), 0].
import type { Launch } from "../device/device.ts";
import type { Value } from "../device/values.ts";
import { requireNames, requireOneOf, requireOptions } from "../errors.ts";
import { adamUpdate, meanGradient, meanSquare } from "../kernels/adam.ts";
import { sgdUpdate, sgdVelocity } from "../kernels/sgd.ts";

/** An optimiser's settings, with the defaults of @cotangent/training. */
export type OptimiserOptions = {
  /** η. */
  readonly learningRate: number;
  /** f(t), by which η is multiplied at step t (default 1). */
  readonly schedule?: (step: number) => number;
} & (
  | {
      readonly name: "adam";
      /** Default .9. */
      readonly beta1?: number;
      /** Default .999. */
      readonly beta2?: number;
      /** Default 1e-8. */
      readonly epsilon?: number;
    }
  | {
      readonly name: "sgd";
      /** Default 0. */
      readonly momentum?: number;
    }
);

/** Arrays by moment, e.g. { first, second }, for one parameter array. */
export type Moments = Readonly<Record<string, Value>>;

/** Where an update reads its step's rates. rates: [steps, 2]; at: [1]. */
export interface StepRates {
  readonly rates: Value;
  readonly at: Value;
  readonly steps: number;
}

export interface DeviceOptimiser {
  readonly moments: readonly string[];
  /** The two rates of step t. */
  ratesOf(t: number): readonly [number, number];
  /** p and its moments after a step with gradient g. */
  update(
    launch: Launch,
    p: Value,
    g: Value,
    moments: Moments,
    step: StepRates,
  ): { readonly p: Value; readonly moments: Moments };
}

/** The optimiser that the options describe; throws on settings out of range. */
export function optimiserOf(options: OptimiserOptions): DeviceOptimiser {
  requireOptions("trainer: optimiser", options, '{ name: "adam", learningRate: 0.01 }');
  requireOneOf("trainer: expected an optimiser with kernels", options.name, ["adam", "sgd"]);
  const settings = { adam: ["beta1", "beta2", "epsilon"], sgd: ["momentum"] };
  const names = ["name", "learningRate", "schedule", ...settings[options.name]];
  requireNames("trainer: optimiser", options, names);
  const { learningRate, schedule = () => 1 } = options;
  requireRange("learningRate", learningRate, "> 0", learningRate > 0);
  if (options.name === "sgd") {
    const { momentum = 0 } = options;
    requireRange("momentum", momentum, "in [0, 1)", momentum >= 0 && momentum < 1);
    return sgd(momentum, (t) => learningRate * schedule(t));
  }
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  for (const [name, beta] of Object.entries({ beta1, beta2 }))
    requireRange(name, beta, "in [0, 1)", beta >= 0 && beta < 1);
  requireRange("epsilon", epsilon, "> 0", epsilon > 0);
  return {
    moments: ["first", "second"],
    ratesOf: (t) => [
      (learningRate * schedule(t)) / (1 - beta1 ** (t + 1)),
      1 / (1 - beta2 ** (t + 1)),
    ],
    update(launch, p, g, { first, second }, { rates, at, steps }) {
      const { shape } = p;
      const m = launch(meanGradient({ shape, decay: beta1 }), { mean: known(first), g });
      const v = launch(meanSquare({ shape, decay: beta2 }), { mean: known(second), g });
      const next = launch(adamUpdate({ shape, steps, epsilon }), { p, m, v, rates, at });
      return { p: next, moments: { first: m, second: v } };
    },
  };
}

function sgd(momentum: number, rate: (t: number) => number): DeviceOptimiser {
  return {
    moments: momentum === 0 ? [] : ["velocity"],
    ratesOf: (t) => [rate(t), 0],
    update(launch, p, g, { velocity }, { rates, at, steps }) {
      const { shape } = p;
      const v = velocity ? launch(sgdVelocity({ shape, momentum }), { v: velocity, g }) : g;
      const next = launch(sgdUpdate({ shape, steps }), { p, v, rates, at });
      return { p: next, moments: velocity ? { velocity: v } : {} };
    },
  };
}

function known(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError("trainer: expected Adam's moments, got none");
  return value;
}

function requireRange(name: string, value: number, range: string, allowed: boolean): void {
  if (allowed) return;
  throw new TypeError(`trainer: expected ${name} ${range}, got ${value}`);
}
