// A pipeline of a device: gpu.js records it at the first run, and runs it whole from then on.
import type { KernelText, Shape } from "../template.ts";
import { assertPipelineRan } from "./assert-ran.ts";
import type { Backend } from "./backend.ts";
import type { Constant, Launch, Pipeline } from "./device.ts";
import type { Gpu, GpuModule } from "./gpu-js.ts";
import type { KernelCache } from "./kernel-cache.ts";
import { pipelineFailure } from "./kernel-failure.ts";
import type { Life } from "./life.ts";
import { flatten, requireLength, sizeFor, type Value } from "./values.ts";

/** What a pipeline needs of its device. */
export interface PipelineHost {
  readonly backend: Backend;
  readonly gpu: Gpu;
  readonly module: GpuModule;
  readonly kernels: KernelCache;
  readonly launch: Launch;
  readonly life: Life;
  readonly threads: boolean;
}

export function createPipeline<Input extends string, Output extends string>(
  { backend, gpu, module, kernels, launch, life, threads }: PipelineHost,
  name: string,
  inputs: Readonly<Record<Input, Shape>>,
  record: (
    launch: Launch,
    inputs: Readonly<Record<Input, Value>>,
    constant: Constant,
  ) => Readonly<Record<Output, Value>>,
): Pipeline<Input, Output> {
  const constant: Constant = (values, shape) => {
    const handle = module.input(requireLength(name, "a constant", values, shape), sizeFor(shape));
    return { shape, handle };
  };
  const launched = new Set<KernelText>();
  const launching: Launch = (kernel, given) => {
    launched.add(kernel);
    return launch(kernel, given);
  };
  let release: (() => void) | undefined;
  const inputNames = Object.keys(inputs) as Input[];
  let outputs: readonly (readonly [Output, Value])[] = [];
  const recording = (...handles: readonly unknown[]): unknown => {
    const values = mapNames(inputNames, (key, i) => ({ shape: inputs[key], handle: handles[i] }));
    const results = record(launching, values, constant);
    release ??= kernels.retain(launched);
    outputs = (Object.keys(results) as Output[]).map((key) => [key, results[key]]);
    return Object.fromEntries(outputs.map(([key, { handle }]) => [key, handle]));
  };
  // gpu.js makes as many handles as the function has parameters.
  Object.defineProperty(recording, "length", { value: inputNames.length });
  const plan = gpu.createPipeline(recording, { threads });

  let checked = false;
  return {
    async run(values) {
      const sent = inputNames.map((key) =>
        module.input(requireLength(name, key, values[key], inputs[key]), sizeFor(inputs[key])),
      );
      const running = life.during(name, () => plan(...sent));
      const results = (await running.catch(async (error: unknown) => {
        throw checked ? error : await pipelineFailure(name, { gpu, module }, launched, error);
      })) as Record<Output, unknown>;
      if (!checked) assertPipelineRan(name, plan, backend);
      checked = true;
      const shapes = new Map(outputs.map(([key, { shape }]) => [key, shape]));
      return mapNames([...shapes.keys()], (key) =>
        flatten(`${name}: ${key}`, results[key], shapes.get(key) ?? [0]),
      );
    },
    async destroy() {
      await plan.destroy();
      release?.();
    },
  };
}

function mapNames<Name extends string, T>(
  names: readonly Name[],
  f: (name: Name, index: number) => T,
): Record<Name, T> {
  return Object.fromEntries(names.map((name, i) => [name, f(name, i)])) as Record<Name, T>;
}
