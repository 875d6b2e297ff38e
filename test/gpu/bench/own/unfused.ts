// A device whose pipelines run kernel by kernel: what the steps cost without fusion.
//
//   every kernel: inputs up, one launch, the result down       as calls of gpu.js kernels do by themselves
//
// The recorded launches are the fused pipeline's own, so both do the same arithmetic.
import type { Device, KernelText, Launch, Pipeline, Shape, Value } from "@cotangent/gpu-kernels";

/** What one run moves. A number has 4 bytes. */
export interface Traffic {
  kernels: number;
  /** To the device and back. */
  bytes: number;
}

interface Step {
  readonly kernel: KernelText;
  readonly inputs: readonly (readonly [string, Value])[];
  readonly output: Value;
}

/** `device`, with pipelines that run unfused and write into `traffic` what their last run moved. */
export function unfused(device: Device, traffic: Traffic): Device {
  return {
    ...device,
    pipeline: (_name, shapes, record) => {
      const names = Object.keys(shapes) as (keyof typeof shapes & string)[];
      const values: Record<string, Value> = Object.fromEntries(
        names.map((name) => [name, placeholder(shapes[name])]),
      );
      const constants = new Map<Value, Float32Array>();
      const steps: Step[] = [];
      const launch: Launch = (kernel, inputs) => {
        const output = placeholder(kernel.output);
        steps.push({ kernel, inputs: Object.entries<Value>(inputs), output });
        return output;
      };
      const outputs = record(launch, values as Parameters<typeof record>[1], (flat, shape) => {
        const value = placeholder(shape);
        constants.set(value, flat);
        return value;
      });
      return {
        async run(inputs) {
          const known = new Map(constants);
          for (const name of names) known.set(values[name]!, inputs[name]!);
          Object.assign(traffic, { kernels: 0, bytes: 0 });
          for (const step of steps)
            known.set(step.output, await runStep(device, step, known, traffic));
          const results = Object.entries<Value>(outputs);
          return Object.fromEntries(results.map(([name, value]) => [name, known.get(value)!]));
        },
        async destroy() {},
      } as Pipeline<string, string> as never;
    },
  };
}

/** `device`, with pipelines that write into `traffic` how much goes up and comes down in a run. */
export function counted(device: Device, traffic: Traffic): Device {
  return {
    ...device,
    pipeline: (name, shapes, record) => {
      let kernels = 0;
      const pipeline = device.pipeline(name, shapes, (launch, values, constant) =>
        record(
          (kernel, inputs) => {
            kernels++;
            return launch(kernel, inputs);
          },
          values,
          constant,
        ),
      );
      return {
        async run(inputs) {
          const results = await pipeline.run(inputs);
          const arrays = [
            ...Object.values<Float32Array>(inputs),
            ...Object.values<Float32Array>(results),
          ];
          Object.assign(traffic, { kernels, bytes: bytesOf(arrays) });
          return results;
        },
        destroy: () => pipeline.destroy(),
      };
    },
  };
}

const placeholder = (shape: Shape): Value => ({ shape, handle: undefined });

const bytesOf = (arrays: readonly Float32Array[]): number =>
  arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);

async function runStep(
  device: Device,
  { kernel, inputs }: Step,
  known: ReadonlyMap<Value, Float32Array>,
  traffic: Traffic,
): Promise<Float32Array> {
  const sent = inputs.map(([name, value]): [string, Float32Array] => [name, known.get(value)!]);
  const result = await device.run(kernel, Object.fromEntries(sent));
  traffic.kernels++;
  traffic.bytes += bytesOf([...sent.map(([, values]) => values), result]);
  return result;
}
