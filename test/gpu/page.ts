// In the browser: every kernel against its reference, and steps against the same ones on another backend.
import { random } from "@cotangent/autodiff";
import { createMlp, createTrainer, type DeviceMode, openDevice } from "@cotangent/gpu-kernels";
import { kernelCases, type Sizes } from "../../packages/gpu-kernels/test/kernels/cases.ts";
import {
  beyond,
  floatOperations,
  roundingOf,
  specialFailures,
  wholeCases,
  wholeFailures,
  worstErrors,
} from "../../packages/gpu-kernels/test/scalar/contract.ts";
import { kinds, worstError } from "../../packages/gpu-kernels/test/support/compare.ts";
import { rows, testNetwork } from "../../packages/gpu-kernels/test/support/networks.ts";

export { compiled } from "../../packages/gpu-kernels/test/compile/in-page.ts";

export interface Report {
  readonly backend: string;
  readonly adapter: string;
  readonly checked: number;
  readonly failures: readonly string[];
}

const notNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const indices = new Set(["at", "first", "keys", "rates"]);

/** The contract of test/kernels/contract.test.ts at these sizes. */
export async function contract(
  mode: DeviceMode,
  sizes: Sizes,
  activations: boolean,
  only: string,
): Promise<Report> {
  const device = await openDevice({ mode });
  const failures: string[] = [];
  let checked = 0;
  for (const { title, kernel, inputs, want, terms } of kernelCases(sizes, activations)) {
    if (!new RegExp(only).test(title)) continue;
    checked++;
    try {
      const error = worstError(await device.run(kernel, inputs), want(inputs), terms(inputs));
      if (!(error < 1e-5)) failures.push(`${title}: error ${error}`);
    } catch (error) {
      failures.push(`${title}: ${error}`);
    }
  }
  const { backend, adapter } = device;
  await device.destroy();
  return { backend, adapter, checked, failures };
}

/** NaN and infinities of every kernel at a small size. */
export async function notFinite(mode: DeviceMode): Promise<Report> {
  const device = await openDevice({ mode });
  const failures: string[] = [];
  let checked = 0;
  for (const { title, kernel, inputs, want } of kernelCases(
    { batch: 2, inputs: 3, outputs: 2 },
    true,
  ))
    for (const name of Object.keys(inputs).filter((key) => !indices.has(key)))
      for (const odd of notNumbers) {
        const values = { ...inputs, [name]: inputs[name]!.with(0, odd) };
        const [got, expected] = [kinds(await device.run(kernel, values)), kinds(want(values))];
        checked++;
        if (got.join() !== expected.join())
          failures.push(`${title} with ${name}[0] = ${odd}: expected ${expected}, got ${got}`);
      }
  const { backend, adapter } = device;
  await device.destroy();
  return { backend, adapter, checked, failures };
}

/** Scalar operations at every `stride`th argument: errors in units of the terms, special values, whole numbers. */
export async function scalars(
  mode: DeviceMode,
  stride: number,
): Promise<Report & { readonly units: Readonly<Record<string, readonly number[]>> }> {
  const device = await openDevice({ mode });
  const { backend, adapter } = device;
  const failures: string[] = [];
  const units: Record<string, readonly number[]> = {};
  for (const op of floatOperations) {
    const errors = await worstErrors(device, op, stride);
    units[op] = [errors.terms.error, errors.value.error];
    failures.push(...beyond(op, errors, roundingOf(device)));
    failures.push(...(await specialFailures(device, op)));
  }
  for (const each of wholeCases) failures.push(...(await wholeFailures(device, each)));
  await device.destroy();
  return { backend, adapter, checked: floatOperations.length + wholeCases.length, failures, units };
}

/** Steps of every objective, flat, for comparison between backends. */
export async function steps(mode: DeviceMode): Promise<readonly (readonly [string, number[]])[]> {
  const device = await openDevice({ mode });
  const results: [string, number[]][] = [];
  const flat = ({
    layers,
  }: {
    layers: readonly { weight: { data: ArrayLike<number> }; bias: { data: ArrayLike<number> } }[];
  }) =>
    layers.flatMap(({ weight, bias }) => [...Array.from(weight.data), ...Array.from(bias.data)]);
  for (const sizes of [
    [2, 17, 2],
    [3, 17, 8, 3],
    [3, 8, 2, 8, 3],
  ]) {
    const { params, activation } = testNetwork(sizes, "silu");
    const d = sizes[0]!;
    const mlp = createMlp(device, { sizes, activation, batch: 4 });
    const [x, v] = [rows(31, 7, d), rows(32, 7, d)];
    const all = {
      denoising: await mlp.denoisingStep(params, x, v),
      sliced: await mlp.slicedStep(params, x, v),
      implicit: await mlp.implicitStep(params, x),
    };
    for (const [name, step] of Object.entries(all))
      results.push([`${name} ${sizes}`, [step.loss, ...flat(step.gradients)]]);
    const trainer = createTrainer(device, {
      sizes,
      activation,
      batch: 7,
      steps: 3,
      objective: { name: "denoising", sigma: 0.5 },
      optimiser: { name: "adam", learningRate: 0.01 },
    });
    const { state, losses } = await trainer.run(
      trainer.init(params),
      rows(33, 21, d),
      random.key(9),
    );
    results.push([`trainer ${sizes}`, [...losses, ...flat(state.params)]]);
  }
  await device.destroy();
  return results;
}

/** A step and a trainer on more rows than a texture has: loss and gradients, losses and parameters. */
export async function tall(mode: DeviceMode): Promise<number[]> {
  const device = await openDevice({ mode });
  const { sizes, params, activation } = testNetwork([1, 2, 1], "tanh");
  const count = 8200;
  const mlp = createMlp(device, { sizes, activation, batch: count });
  const { loss, gradients } = await mlp.denoisingStep(params, rows(1, count, 1), rows(2, count, 1));
  const trainer = createTrainer(device, {
    sizes,
    activation,
    batch: count / 2,
    steps: 2,
    objective: { name: "denoising", sigma: 0.5 },
    optimiser: { name: "sgd", learningRate: 0.1 },
  });
  const trained = await trainer.run(trainer.init(params), rows(3, count, 1), random.key(9));
  await device.destroy();
  const flat = ({ layers }: typeof gradients): number[] =>
    layers.flatMap(({ weight, bias }) => [...Array.from(weight.data), ...Array.from(bias.data)]);
  return [loss, ...flat(gradients), ...trained.losses, ...flat(trained.state.params)];
}
