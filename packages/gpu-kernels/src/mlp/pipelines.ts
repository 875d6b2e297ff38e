// The pipelines of a network, each recorded when it is first used and kept until the network is destroyed.
import type { Device, Launch, Pipeline } from "../device/device.ts";
import type { Value } from "../device/values.ts";
import type { ActivationName } from "../kernels/activation-text.ts";
import type { Shape } from "../template.ts";
import { type LayerValues, layerValues, type Network } from "./network.ts";
import { type ParamName, paramShapes } from "./params.ts";

/** What a pipeline is recorded for. */
export interface PipelineSpec {
  readonly name: string;
  /** Rows of its batch. */
  readonly batch: number;
  /** Widths of its row inputs, [batch, width] each. */
  readonly rows: Readonly<Record<string, number>>;
  readonly record: (
    network: Network,
    rows: Readonly<Record<string, Value>>,
  ) => Readonly<Record<string, Value>>;
}

/** Records pipelines of one network once each, by name. */
export function pipelinesOf(
  device: Device,
  sizes: readonly number[],
  activation: ActivationName,
): {
  readonly get: (spec: PipelineSpec) => Pipeline<string, string>;
  readonly destroy: () => Promise<void>;
} {
  const known = new Map<string, Pipeline<string, string>>();
  const get = (spec: PipelineSpec): Pipeline<string, string> => {
    const { name, batch, rows, record } = spec;
    const found = known.get(name);
    if (found) return found;
    const rowShapes = Object.entries(rows).map(([key, width]): [string, Shape] => [
      key,
      [batch, width],
    ]);
    const inputs: Record<string, Shape> = {
      ...paramShapes(sizes),
      ...Object.fromEntries(rowShapes),
    };
    const fresh = device.pipeline(name, inputs, (launch: Launch, values) => {
      const layers = layerValues(sizes, values as Readonly<Record<ParamName, Value>>);
      return record({ launch, batch, sizes, activation, layers }, values);
    });
    known.set(name, fresh);
    return fresh;
  };
  const destroy = async (): Promise<void> => {
    for (const pipeline of known.values()) await pipeline.destroy();
    known.clear();
  };
  return { get, destroy };
}

/** Layers' values by the names of their arrays. */
export function namedLayers(layers: readonly LayerValues[]): Record<string, Value> {
  const entries = layers.flatMap(({ weight, bias }, l) => [
    [`weight${l}`, weight],
    [`bias${l}`, bias],
  ]);
  return Object.fromEntries(entries);
}
