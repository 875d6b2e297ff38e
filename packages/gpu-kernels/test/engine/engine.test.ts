// The engine of a device under fitAsync: the interpreter's training, up to rounding, however steps are grouped.
import { random, type Tensor, type Tree, tensor, tree } from "@cotangent/autodiff";
import { denoising, gaussian, mlp } from "@cotangent/losses";
import {
  type AsyncEngine,
  type AsyncFitOptions,
  adam,
  type CheckpointStore,
  decodeSafetensors,
  encodeSafetensors,
  fit,
  fitAsync,
  type NamedTensors,
} from "@cotangent/training";
import { afterAll, describe, expect, it, test } from "vitest";
import { gpuEngine, openDevice } from "../../src/index.ts";
import { openBackends } from "../support/backends.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

const network = mlp({ sizes: [2, 5, 2], activation: "tanh" });
const plan = {
  objective: denoising(network.score, { noise: gaussian(0.5) }),
  params: network.init(random.key(1), { dtype: "f32" }) as unknown as Tree,
  data: random.normal(random.key(2), [40, 2]),
  optimiser: adam({ learningRate: 0.01, clipNorm: 10 }),
  seed: 3,
  batchSize: 8,
  steps: 8,
  ema: 0.9,
  validation: { fraction: 0.25, every: 4 },
};

function memory(): CheckpointStore & { readonly written: NamedTensors[] } {
  const written: NamedTensors[] = [];
  const write = (checkpoint: NamedTensors): void => void written.push(checkpoint);
  return { name: "memory", written, read: () => written.at(-1), write };
}

const numbers = (params: Tree): number[] =>
  tree.leaves(params).flatMap(({ data }) => Array.from(data, Number));
const bits = (checkpoint: NamedTensors): string => encodeSafetensors(checkpoint).join();

/** Sixteen roundings of f32, relative to the loss and to weights near 1: eight steps stay within four. */
const tolerance = 2 ** -20;

describe.each(tested)("$name", ({ device }) => {
  it("trains as the interpreter does, in calls of one step and of several, and resumes to the same bits", async () => {
    const expected = fit(plan);
    const store = memory();
    const options: AsyncFitOptions = { ...plan, checkpoint: { store, every: 4 } };
    const whole = await fitAsync({ ...options, engine: gpuEngine(device, { stepsPerCall: 2 }) });
    const single = await fitAsync({ ...plan, engine: gpuEngine(device, { stepsPerCall: 1 }) });
    for (const { history, params, emaParams } of [whole, single]) {
      history.forEach(({ loss, validationLoss }, i) => {
        const at = expected.history[i]!;
        expect(Math.abs(loss - at.loss)).toBeLessThan(tolerance * at.loss);
        const [heldOut, expectedHeldOut] = [validationLoss ?? 0, at.validationLoss ?? 0];
        expect(Math.abs(heldOut - expectedHeldOut)).toBeLessThanOrEqual(
          tolerance * expectedHeldOut,
        );
      });
      const reference = numbers(expected.params);
      numbers(params).forEach((p, i) => {
        expect(Math.abs(p - reference[i]!)).toBeLessThan(tolerance);
      });
      expect(tree.leaves(emaParams!).map(({ shape }) => shape)).toEqual(
        tree.leaves(expected.emaParams!).map(({ shape }) => shape),
      );
    }
    const again = memory();
    again.write(decodeSafetensors(encodeSafetensors(store.written[1]!), "a file"));
    await fitAsync({
      ...options,
      checkpoint: { store: again, every: 4 },
      resume: true,
      engine: gpuEngine(device, { stepsPerCall: 2 }),
    });
    expect(bits(again.written.at(-1)!)).toBe(bits(store.written.at(-1)!));
  });
});

const step = (...[state, x]: Tree[]): Tree => {
  const { sum, count } = state as { sum: Tensor; count: Tensor };
  return [{ sum: sum.add(x as Tensor), count: count.add(1) }, sum.mul(2)];
};

test("a resident state has the dtypes that it began with, and what was read stays as it was", async () => {
  const device = await openDevice({ mode: "cpu" });
  const initial = { sum: tensor([1, 2]), count: tensor(7, { dtype: "u32" }) };
  const resident = gpuEngine(device).resident(step, initial as unknown as Tree);
  const read = async () => (await resident.state()) as unknown as typeof initial;
  expect((await read()).sum.toArray()).toEqual([1, 2]);
  const result = (await resident.run(tensor([10, 20]))) as Tensor;
  expect(result.toArray()).toEqual([2, 4]);
  const first = await read();
  await resident.run(tensor([0.5, 0.5]));
  expect([first.sum.dtype, first.sum.toArray()]).toEqual(["f64", [11, 22]]);
  expect([first.count.dtype, first.count.item()]).toEqual(["u32", 8]);
  expect((await read()).sum.toArray()).toEqual([11.5, 22.5]);
  await device.destroy();
  await expect(resident.run(tensor([1, 1]))).rejects.toThrow(/this one is destroyed/);
});

test("the engine is the training package's, and its number of steps is one", async () => {
  const device = await openDevice({ mode: "cpu" });
  const engine: AsyncEngine = gpuEngine(device);
  expect([engine.name, engine.stepsPerCall]).toEqual(["gpu", 1]);
  const { stepsPerCall } = gpuEngine({ ...device, backend: "webgpu" });
  expect([50, 100, 20].map((steps) => steps % stepsPerCall)).toEqual([0, 0, 0]);
  expect(stepsPerCall).toBeGreaterThan(1);
  const twice = engine.compile((x) => (x as Tensor).mul(2));
  expect(((await twice(tensor([1, 2]))) as Tensor).toArray()).toEqual([2, 4]);
  for (const stepsPerCall of [0, 1.5, Number.NaN])
    expect(() => gpuEngine(device, { stepsPerCall })).toThrow(
      `gpuEngine: expected stepsPerCall to be a whole number ≥ 1, got ${stepsPerCall}`,
    );
  expect(() => gpuEngine(undefined as never)).toThrow(
    "gpuEngine: expected a device first, got undefined; open one with await openDevice()",
  );
  expect(() => gpuEngine(device, { dtype: "f64" } as never)).toThrow(
    "gpuEngine: expected no options but stepsPerCall, lowerings, got dtype",
  );
  await device.destroy();
});
