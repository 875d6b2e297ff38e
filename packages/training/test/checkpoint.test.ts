import { type Tensor, type Tree, tensor } from "@cotangent/autodiff";
import {
  adam,
  type CheckpointStore,
  checkpointStep,
  checkpointWeights,
  decodeSafetensors,
  encodeSafetensors,
  type FitOptions,
  fit,
  type NamedTensors,
  sgd,
} from "@cotangent/training";
import { expect, test } from "vitest";
import { cloud, distance, memoryStore, noisyDistance, run, values } from "./problems.ts";

/** Everything on, so that a checkpoint has every part: optimiser state, average, best weights. */
const full = (store: CheckpointStore, options: Partial<FitOptions> = {}) =>
  run({
    ema: 0.9,
    validation: { fraction: 0.2, every: 7 },
    checkpoint: { store, every: 10 },
    ...options,
  });

const bits = (x: NamedTensors | undefined) => encodeSafetensors(x as NamedTensors);

test("a run resumed from any of its checkpoints ends with the bits of one that never stopped", () => {
  const store = memoryStore();
  const whole = fit(full(store));
  expect(store.written.map(checkpointStep)).toEqual([0, 10, 20, 30, 40, 50, 60]);
  for (const start of store.written) {
    const again = memoryStore();
    // Through bytes, as a file would have it.
    again.write(decodeSafetensors(bits(start), "x"));
    const resumed = fit(full(again, { resume: true }));
    expect(resumed.history).toHaveLength(60 - checkpointStep(start));
    expect(values(resumed.params)).toEqual(values(whole.params));
    expect(values(resumed.emaParams as Tree)).toEqual(values(whole.emaParams as Tree));
    expect(resumed.bestStep).toBe(whole.bestStep);
    expect(bits(again.written.at(-1))).toEqual(bits(store.written.at(-1)));
  }
});

test("resuming with nothing to resume from starts the run", () => {
  const fresh = fit(full(memoryStore(), { resume: true }));
  expect(values(fresh.params)).toEqual(values(fit(full(memoryStore())).params));
});

test("a finished run resumes to its result, and with more steps goes on", () => {
  const store = memoryStore();
  const short = fit(full(store, { steps: 30, validation: { fraction: 0.2, every: 10 } }));
  const same = fit(
    full(store, { steps: 30, validation: { fraction: 0.2, every: 10 }, resume: true }),
  );
  expect(values(same.params)).toEqual(values(short.params));
  expect(same.history).toEqual([]);
  const longer = fit(full(store, { validation: { fraction: 0.2, every: 10 }, resume: true }));
  const whole = fit(full(memoryStore(), { validation: { fraction: 0.2, every: 10 } }));
  expect(values(longer.params)).toEqual(values(whole.params));
});

test("an existing checkpoint is not overwritten unless the run is resumed", () => {
  const store = memoryStore();
  fit(full(store));
  const count = store.written.length;
  expect(() => fit(full(store))).toThrow(
    "fit: memory holds a run already; resume it, or choose another place (nothing was changed)",
  );
  expect(store.written).toHaveLength(count);
});

test("a checkpoint of another run is refused, says what differs, and stays as it is", () => {
  const store = memoryStore();
  fit(full(store, { steps: 10 }));
  const before = bits(store.read());
  const refuse = (options: Partial<FitOptions>, message: string | RegExp) => {
    expect(() => fit(full(store, { ...options, resume: true }))).toThrow(message);
    expect(bits(store.read())).toEqual(before);
  };
  refuse(
    { seed: 6 },
    "resume: memory belongs to another run: its seed is 5, this one's 6; give the",
  );
  refuse({ batchSize: 4 }, "its batch size is 8, this one's 4");
  refuse({ objective: distance }, "its objective is noisy distance, this one's distance");
  refuse({ optimiser: sgd({ learningRate: 1 }) }, "its optimiser is adam, this one's sgd");
  refuse({ ema: 0.8 }, "its ema is 0.9, this one's 0.8");
  refuse({ data: cloud().add(1) }, /its data is f64\[32,2\] \w+, this one's f64\[32,2\] \w+/);
  refuse(
    { params: { centre: tensor([0, 0], { dtype: "f32" }) } },
    "memory: it holds another model: expected params.centre:f32[2], got params.centre:f64[2]",
  );
  refuse(
    { params: { centre: tensor([0, 0]), scale: tensor(1) } },
    "expected params.scale:f64[], got none of that name",
  );
});

test("a safetensors file that is no checkpoint is refused", () => {
  const store = memoryStore();
  store.write({ tensors: { a: tensor(1) }, metadata: {} });
  expect(() => fit(full(store, { resume: true }))).toThrow(
    'memory: expected a checkpoint ("cotangent checkpoint 1"), got other tensors',
  );
});

test("a loss that is not finite keeps the last good checkpoint, and so do weights that are not", () => {
  let calls = 0;
  const breaksAt = (call: number, factor: number) => ({
    name: "breaks",
    mean(params: Tree, x: Tensor, key: Tensor) {
      calls += 1;
      return noisyDistance.mean(params, x, key).mul(calls === call ? factor : 1);
    },
  });
  const store = memoryStore();
  const options = { objective: breaksAt(27, Number.NaN), checkpoint: { store, every: 10 } };
  expect(() => fit(run(options))).toThrow(
    /^fit: the loss at step 27 is NaN.*; memory keeps the last good weights$/,
  );
  expect(store.written.map(checkpointStep)).toEqual([0, 10, 20]);

  calls = 0;
  const second = memoryStore();
  // A gradient of 1e200 squares to infinity in Adam's second moment at the very step of a checkpoint.
  const cusp = {
    objective: {
      name: "cusp",
      mean: (params: Tree, x: Tensor, key: Tensor) => {
        calls += 1;
        const loss = noisyDistance.mean(params, x, key);
        return calls === 20 ? loss.mul(0).sqrt() : loss;
      },
    },
    optimiser: adam({ learningRate: 0.05 }),
    checkpoint: { store: second, every: 10 },
  };
  expect(() => fit(run(cusp))).toThrow(/^fit: the update of the weights at step 20 is NaN/);
  expect(second.written.map(checkpointStep)).toEqual([0, 10]);
});

test("a store that fails stops the run with its error, before the first step when it fails at once", () => {
  let steps = 0;
  const store: CheckpointStore = {
    name: "broken",
    read: () => undefined,
    write() {
      throw new Error("write: broken: the disk is full");
    },
  };
  const onStep = () => {
    steps += 1;
  };
  expect(() => fit(full(store, { onStep }))).toThrow("write: broken: the disk is full");
  expect(steps).toBe(0);
});

test("checkpointWeights reads the best weights where there was validation, else the last", () => {
  const template = { centre: tensor([0, 0]) };
  const validated = memoryStore();
  const best = fit(full(validated));
  const weights = checkpointWeights(validated.read() as NamedTensors, template, "run");
  expect(values(weights.params)).toEqual(values(best.params));
  expect(values(weights.emaParams as Tree)).toEqual(values(best.emaParams as Tree));

  const plain = memoryStore();
  const last = fit(run({ checkpoint: { store: plain, every: 10 } }));
  const read = checkpointWeights(plain.read() as NamedTensors, template, "run");
  expect(values(read.params)).toEqual(values(last.params));
  expect(read.emaParams).toBeUndefined();
  expect(() =>
    checkpointWeights(plain.read() as NamedTensors, { centre: tensor([0]) }, "run"),
  ).toThrow("run: it holds another model: expected params.centre:f64[1], got params.centre:f64[2]");
});
