// The recording of a trainer's steps: tiles of each step's rows, their gradients added up, one update.
import type { Constant, Launch } from "../device/device.ts";
import type { Value } from "../device/values.ts";
import type { ActivationName } from "../kernels/activation-text.ts";
import { plus } from "../kernels/elementwise.ts";
import { takeRows } from "../kernels/rows.ts";
import { drawnObjective, type TrainerObjective } from "./drawn-objectives.ts";
import { entry, layerValues, named } from "./network.ts";
import type { DeviceOptimiser, Moments } from "./optimisers.ts";
import { paramShapes } from "./params.ts";
import { namedLayers } from "./pipelines.ts";

/** What is recorded, and for what. */
export interface StepsToRecord {
  readonly launch: Launch;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly constant: Constant;
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  readonly objective: TrainerObjective;
  readonly optimiser: DeviceOptimiser;
  readonly batch: number;
  readonly tile: number;
  readonly steps: number;
}

type Arrays = Readonly<Record<string, Value>>;

/** The name of a parameter array's moment. */
export const momentName = (moment: string, name: string): string => `${moment}_${name}`;

/** Parameters and moments after all steps, and loss0, loss1, … before each. */
export function recordSteps(recording: StepsToRecord): Arrays {
  const { launch, inputs, constant, sizes, optimiser, steps } = recording;
  const names = Object.keys(paramShapes(sizes));
  const losses: Record<string, Value> = {};
  let params: Arrays = Object.fromEntries(names.map((name) => [name, named(inputs, name)]));
  let moments: Readonly<Record<string, Moments>> = Object.fromEntries(
    names.map((name) => {
      const own = optimiser.moments.map((m) => [m, named(inputs, momentName(m, name))]);
      return [name, Object.fromEntries(own)];
    }),
  );
  const rates = named(inputs, "rates");
  for (let k = 0; k < steps; k++) {
    const at = constant(Float32Array.of(k), [1]);
    const { loss, ...gradients } = recordGradients(recording, params, k, at);
    if (loss) losses[`loss${k}`] = loss;
    const updated = names.map((name) => {
      const [p, g] = [named(params, name), named(gradients, name)];
      const own = moments[name] ?? {};
      return [name, optimiser.update(launch, p, g, own, { rates, at, steps })] as const;
    });
    params = Object.fromEntries(updated.map(([name, next]) => [name, next.p]));
    moments = Object.fromEntries(updated.map(([name, next]) => [name, next.moments]));
  }
  const ends = names.flatMap((name) =>
    Object.entries(moments[name] ?? {}).map(([m, value]) => [momentName(m, name), value]),
  );
  return { ...params, ...Object.fromEntries(ends), ...losses };
}

/** The loss of step k and the gradients of all parameter arrays, over its tiles. */
function recordGradients(
  { launch, inputs, constant, sizes, activation, objective, batch, tile, steps }: StepsToRecord,
  params: Arrays,
  k: number,
  at: Value,
): Arrays {
  const network = { launch, batch: tile, sizes, activation, layers: layerValues(sizes, params) };
  const tiles = Math.ceil(batch / tile);
  const take = takeRows({ batch: tile, width: entry(sizes, 0), total: steps * batch });
  let total: Arrays | undefined;
  for (let i = 0; i < tiles; i++) {
    const first = constant(Float32Array.of(i * tile), [1]);
    const from = constant(Float32Array.of(k * batch + i * tile), [1]);
    const x = launch(take, { x: named(inputs, "x"), first: from });
    const w = named(inputs, i === tiles - 1 ? "wLast" : "w");
    const [keys, sigma] = [named(inputs, "keys"), named(inputs, "sigma")];
    const draws = { keys, at, first, sigma, steps, total: batch };
    const { loss, layers } = drawnObjective(objective, network, x, w, draws);
    const own: Arrays = { loss, ...namedLayers(layers) };
    total = total === undefined ? own : sumOf(launch, total, own);
  }
  return total ?? {};
}

const sumOf = (launch: Launch, a: Arrays, b: Arrays): Arrays =>
  Object.fromEntries(
    Object.keys(a).map((name) => {
      const [p, q] = [named(a, name), named(b, name)];
      return [name, launch(plus({ shape: p.shape }), { p, q })];
    }),
  );
