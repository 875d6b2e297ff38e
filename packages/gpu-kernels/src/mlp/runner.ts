// Runs a network's pipelines over batches of any number of rows.
import { type Tensor, tensor } from "@cotangent/autodiff";
import type { Device } from "../device/device.ts";
import type { Value } from "../device/values.ts";
import { type ActivationName, activationNames } from "../kernels/activation-text.ts";
import { entry, type Network } from "./network.ts";
import type { ObjectiveValues } from "./objectives.ts";
import { type MlpParams, type ParamName, paramArrays, paramTree } from "./params.ts";
import { namedLayers, pipelinesOf } from "./pipelines.ts";
import { meanWeights, type RowInput, runTiles, tileRows } from "./tiles.ts";

/** Widths [input, ...hidden, output], φ, and the rows that pipelines are compiled for. */
export interface NetworkOptions {
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  readonly batch: number;
}

/** Loss and gradients of one step. */
export interface StepResult {
  /** The mean of the values. */
  readonly loss: number;
  /** Of each sample: [rows]; with M slices, of each slice of each sample: [M·rows]. */
  readonly values: Tensor;
  /** Gradients of the loss, in the form of the parameters. */
  readonly gradients: MlpParams;
}

type Rows = Readonly<Record<string, Value>>;
type Arrays = Record<string, Float32Array | Float64Array>;

/** One kind of call: what it records, and what it is given. */
export interface Call<Recorded> {
  readonly name: string;
  readonly params: MlpParams;
  readonly inputs: Readonly<Record<string, RowInput>>;
  readonly record: (network: Network, rows: Rows) => Recorded;
  /** Tangents of a sample that are held at once (default 1). */
  readonly repeat?: number;
}

export interface Runner {
  /** Runs a recorded pass. rowOutputs: the outputs that have a row for each row, with their widths. */
  run(call: Call<Rows>, rowOutputs: Readonly<Record<string, number>>): Promise<Arrays>;
  /** Runs an objective: its mean over all rows and the gradients. */
  step(call: Call<ObjectiveValues>): Promise<StepResult>;
  destroy(): Promise<void>;
}

/** The pipelines of one network; throws on bad sizes and on an activation without kernels. */
export function createRunner(device: Device, options: NetworkOptions): Runner {
  requireNetwork(options);
  const { sizes, activation, batch } = options;
  const pipelines = pipelinesOf(device, sizes, activation);

  const run: Runner["run"] = ({ name, params, inputs, record, repeat = 1 }, rowOutputs) => {
    const arrays = paramArrays(name, sizes, params);
    const tile = tileRows(device, name, batch, Math.max(...sizes), repeat);
    const widths = Object.entries(inputs).map(([key, { width }]) => [key, width]);
    const rows: Record<string, number> = Object.fromEntries(widths);
    const pipeline = pipelines.get({ name, batch: tile, rows, record });
    const [first = { values: [], width: 1 }] = Object.values(inputs);
    const total = first.values.length / first.width;
    return runTiles(pipeline, tile, total, arrays, inputs, rowOutputs);
  };
  return {
    run,
    async step({ name, params, inputs, record, ...rest }) {
      const d = entry(sizes, 0);
      if (d !== entry(sizes, sizes.length - 1))
        throw new TypeError(
          `${name}: expected a score, as wide at the end as at the start, got sizes [${sizes}]`,
        );
      const [first = { values: [], width: 1 }] = Object.values(inputs);
      const w = meanWeights(first.values.length / first.width);
      const recordStep = (network: Network, rows: Rows): Rows => {
        const { layers, values, loss } = record(network, rows);
        return { values, loss, ...namedLayers(layers) };
      };
      const call = { name, params, inputs: { ...inputs, w }, record: recordStep, ...rest };
      const results = await run(call, { values: 1 });
      return {
        loss: results.loss?.[0] ?? Number.NaN,
        values: tensor(Float32Array.from(results.values ?? [])),
        gradients: paramTree(sizes, results as Record<ParamName, Float32Array>),
      };
    },
    destroy: pipelines.destroy,
  };
}

/** Throws unless the options describe a network that has kernels. */
export function requireNetwork({ sizes, activation, batch }: NetworkOptions): void {
  const whole = (n: number): boolean => Number.isInteger(n) && n >= 1;
  if (!Array.isArray(sizes) || sizes.length < 2 || !sizes.every(whole))
    throw new TypeError(
      `createMlp: expected sizes [input, ...hidden, output] of whole numbers ≥ 1, got ${Array.isArray(sizes) ? `[${sizes}]` : typeof sizes}`,
    );
  if (!activationNames.includes(activation))
    throw new TypeError(
      `createMlp: expected an activation with kernels, one of ${activationNames.join(", ")}, got ${JSON.stringify(activation)}; others run on the engine and on cpu-kernels`,
    );
  if (!whole(batch))
    throw new TypeError(`createMlp: expected batch to be a whole number ≥ 1, got ${batch}`);
}
