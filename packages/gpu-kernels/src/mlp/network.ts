// A network as the passes see it: its sizes, its activation, the rows of a batch, its parameters' values.
import type { Launch } from "../device/device.ts";
import type { Value } from "../device/values.ts";
import type { ActivationName } from "../kernels/activation-text.ts";
import type { DenseSizes } from "../kernels/sizes.ts";

/** A layer's parameters on the device. weight: [in, out], bias: [out]. */
export interface LayerValues {
  readonly weight: Value;
  readonly bias: Value;
}

/** What every pass is recorded for. */
export interface Network {
  readonly launch: Launch;
  /** Rows of a batch. */
  readonly batch: number;
  /** Widths [input, ...hidden, output]. */
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  readonly layers: readonly LayerValues[];
}

/** The layers of a network from its named arrays. */
export const layerValues = (
  sizes: readonly number[],
  values: Readonly<Record<string, Value>>,
): LayerValues[] =>
  sizes.slice(1).map((_, l) => ({
    weight: named(values, `weight${l}`),
    bias: named(values, `bias${l}`),
  }));

/** The array of a name that must be there. */
export function named<T>(arrays: Readonly<Record<string, T>>, name: string): T {
  const found = arrays[name];
  if (found === undefined) throw new RangeError(`expected an array ${name}, got none`);
  return found;
}

/** The entry of a list that must be there. */
export function entry<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined)
    throw new RangeError(`expected an entry ${index}, got ${list.length} entries`);
  return found;
}

/** Layer l's batch, inputs and outputs. */
export const denseSizes = ({ batch, sizes }: Network, l: number, repeat = 1): DenseSizes => ({
  batch: batch * repeat,
  inputs: entry(sizes, l),
  outputs: entry(sizes, l + 1),
});
