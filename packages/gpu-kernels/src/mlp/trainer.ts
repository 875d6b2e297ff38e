// Several optimiser steps as one pipeline: parameters and moments stay on the device between them.
//
//   for t in steps:  x_t = rows of x;  draws from key_t;  loss, gradients;  update       one submission on webgpu
//
// Up per call: parameters, moments, the rows of all steps, a key and two rates a step. Down: parameters,
// moments and one loss a step. Step t uses random.foldIn(key, t), t counted over all calls.
import { random, type Tensor, zeros } from "@cotangent/autodiff";
import type { Device } from "../device/device.ts";
import { formatShape, requireDevice, requireNames, requireOptions } from "../errors.ts";
import type { Shape } from "../template.ts";
import { requireObjective, type TrainerObjective } from "./drawn-objectives.ts";
import { rowInput } from "./inputs.ts";
import { type DeviceOptimiser, type OptimiserOptions, optimiserOf } from "./optimisers.ts";
import { type MlpParams, type ParamName, paramArrays, paramShapes, paramTree } from "./params.ts";
import { type NetworkOptions, requireNetwork } from "./runner.ts";
import { tileRows } from "./tiles.ts";
import { tangentsOfTrace } from "./trace.ts";
import { momentName, recordSteps } from "./training-steps.ts";

/** Options of `createTrainer`. */
export interface TrainerOptions {
  /** Widths [d, ...hidden, d]. */
  readonly sizes: readonly number[];
  /** φ of the hidden layers (default tanh). */
  readonly activation?: NetworkOptions["activation"];
  readonly objective: TrainerObjective;
  readonly optimiser: OptimiserOptions;
  /** Rows of a step. */
  readonly batch: number;
  /** Steps of a call. */
  readonly steps: number;
}

/** Between calls: plain values, to keep, store or go on from. */
export interface TrainerState {
  readonly params: MlpParams;
  /** adam: { first, second }; sgd with momentum: { velocity }; each in the form of the parameters. */
  readonly moments: Readonly<Record<string, MlpParams>>;
  /** Steps done. */
  readonly step: number;
}

export interface Trainer {
  /** The state before the first step. */
  init(params: MlpParams): TrainerState;
  /** `steps` steps. x: [steps·batch, d], step by step; key: u32[2]. Losses: [steps], each before its update. */
  run(
    state: TrainerState,
    x: Tensor,
    key: Tensor,
  ): Promise<{ readonly state: TrainerState; readonly losses: Float32Array }>;
  /** Frees its pipeline. */
  destroy(): Promise<void>;
}

/** A trainer on a device. Throws on bad sizes and settings; batches beyond the device's arrays are tiled. */
export function createTrainer(device: Device, options: TrainerOptions): Trainer {
  requireDevice("createTrainer", device);
  requireOptions(
    "createTrainer",
    options,
    '{ sizes: [2, 32, 2], batch: 64, steps: 10, objective: { name: "implicit" }, optimiser: { name: "adam", learningRate: 0.01 } }',
  );
  const names = ["sizes", "activation", "objective", "optimiser", "batch", "steps"];
  requireNames("createTrainer", options, names);
  const { sizes, activation = "tanh", objective, batch, steps } = options;
  requireNetwork({ sizes, activation, batch });
  requireTraining(options);
  const optimiser = optimiserOf(options.optimiser);
  const d = sizes[0] ?? 0;
  const repeat = objective.name === "implicit" ? tangentsOfTrace(sizes) : 1;
  const tile = tileRows(device, "trainer", batch, Math.max(...sizes), repeat);
  const shapes = inputShapes(sizes, optimiser, { tile, steps, values: steps * batch * d });
  const pipeline = device.pipeline("trainer", shapes, (launch, inputs, constant) =>
    recordSteps({
      launch,
      inputs,
      constant,
      sizes,
      activation,
      objective,
      optimiser,
      batch,
      tile,
      steps,
    }),
  );
  const weights = (rows: number): Float32Array => new Float32Array(tile).fill(1 / batch, 0, rows);
  const lastRows = batch - tile * (Math.ceil(batch / tile) - 1);

  return {
    init(params) {
      paramArrays("trainer.init", sizes, params); // throws for what are none
      const moments = optimiser.moments.map((name) => [name, zerosLike(params)]);
      return { params, moments: Object.fromEntries(moments), step: 0 };
    },
    async run(state, x, key) {
      requireState(state);
      const { params, moments, step } = state;
      const { values } = rowInput("trainer", "x", x, d);
      if (x.shape[0] !== steps * batch)
        throw new TypeError(
          `trainer: expected x [${steps * batch}, ${d}], the rows of ${steps} steps, got ${formatShape(x.shape)}`,
        );
      const times = Array.from({ length: steps }, (_, k) => step + k);
      const momentArrays = optimiser.moments.flatMap((moment) => {
        const arrays = paramArrays(`trainer: ${moment}`, sizes, moments[moment] ?? params);
        return Object.entries(arrays).map(([name, array]) => [momentName(moment, name), array]);
      });
      const results = await pipeline.run({
        ...paramArrays("trainer", sizes, params),
        ...Object.fromEntries(momentArrays),
        x: values,
        keys: Float32Array.from(times.flatMap((t) => halves(random.foldIn(key, t)))),
        rates: Float32Array.from(times.flatMap((t) => optimiser.ratesOf(t))),
        sigma: Float32Array.of(objective.name === "denoising" ? objective.sigma : 1),
        w: weights(tile),
        wLast: weights(lastRows),
      });
      const tree = (named: (name: string) => string): MlpParams => {
        const names = Object.keys(paramShapes(sizes)) as ParamName[];
        const arrays = names.map((name) => [name, results[named(name)]]);
        return paramTree(sizes, Object.fromEntries(arrays));
      };
      const next = optimiser.moments.map((moment) => [moment, tree((n) => momentName(moment, n))]);
      return {
        state: {
          params: tree((name) => name),
          moments: Object.fromEntries(next),
          step: step + steps,
        },
        losses: Float32Array.from(times, (_, k) => results[`loss${k}`]?.[0] ?? Number.NaN),
      };
    },
    destroy: () => pipeline.destroy(),
  };
}

/** The shapes of all that goes up. */
function inputShapes(
  sizes: readonly number[],
  optimiser: DeviceOptimiser,
  {
    tile,
    steps,
    values,
  }: { readonly tile: number; readonly steps: number; readonly values: number },
): Record<string, Shape> {
  const params = paramShapes(sizes);
  const moments = optimiser.moments.flatMap((moment) =>
    Object.entries(params).map(([name, shape]): [string, Shape] => [
      momentName(moment, name),
      shape,
    ]),
  );
  return {
    ...params,
    ...Object.fromEntries(moments),
    // A vector: as a matrix, its rows would have to fit into a texture's side.
    x: [values],
    keys: [steps, 4],
    rates: [steps, 2],
    sigma: [1],
    w: [tile, 1],
    wLast: [tile, 1],
  };
}

/** A key as four halves of 16 bits, which f32 holds exactly. */
const halves = (key: Tensor): number[] =>
  Array.from(key.data).flatMap((word) => [Math.floor(word / 65536), word % 65536]);

const zerosLike = ({ layers }: MlpParams): MlpParams => ({
  layers: layers.map(({ weight, bias }) => ({
    weight: zeros(weight.shape, { dtype: "f32" }),
    bias: zeros(bias.shape, { dtype: "f32" }),
  })),
});

function requireState(state: TrainerState): void {
  const isState = state?.params?.layers && state.moments && Number.isInteger(state.step);
  if (isState) return;
  const got = (state as unknown as MlpParams | undefined)?.layers ? "parameters" : typeof state;
  throw new TypeError(
    `trainer: expected a state { params, moments, step } first, got ${got}; begin with trainer.init(params) and go on with the state of the call before`,
  );
}

function requireTraining({ sizes, objective, steps }: TrainerOptions): void {
  requireObjective(objective);
  if (sizes[0] !== sizes.at(-1))
    throw new TypeError(
      `trainer: expected a score, as wide at the end as at the start, got sizes [${sizes}]`,
    );
  if (!Number.isInteger(steps) || steps < 1)
    throw new TypeError(`trainer: expected steps to be a whole number ≥ 1, got ${steps}`);
}
