// Steps on the device against the losses' objectives and the training package's optimisers in f64.
import {
  astype,
  mean,
  random,
  type Tensor,
  type Tree,
  tree,
  valueAndGrad,
} from "@cotangent/autodiff";
import { denoising, gaussian, implicit, type Objective, sliced } from "@cotangent/losses";
import { adam, type Optimiser, sgd } from "@cotangent/training";
import { afterAll, describe, expect, it } from "vitest";
import {
  createTrainer,
  type Device,
  type MlpParams,
  type OptimiserOptions,
  type TrainerObjective,
} from "../../src/index.ts";
import { openBackends } from "../support/backends.ts";
import { inDouble, rows, testNetwork } from "../support/networks.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

const [d, batch, steps, calls] = [2, 11, 3, 2];
const network = testNetwork([d, 9, 7, d], "silu");
const x = rows(51, calls * steps * batch, d);
const key = random.key(77);
const part = (from: number, count: number): Tensor => x.slice([from, 0], [from + count, d]);

/** The same steps by the engine: draws in f32, all else in f64. */
function byEngine(objective: Objective, optimiser: Optimiser) {
  let params = network.exact as Tree;
  let state = optimiser.init(params);
  const losses: number[] = [];
  for (let t = 0; t < calls * steps; t++) {
    const rowsOfStep = part(t * batch, batch);
    const draws = tree.map(
      (v: Tensor) => astype(v, "f64"),
      objective.draw(random.foldIn(key, t), rowsOfStep) as Tree,
    ) as Record<string, Tensor>;
    const value = (p: Tree) => mean(objective.perSample(p, inDouble(rowsOfStep), draws));
    const [loss, gradients] = valueAndGrad(value)(params) as [Tensor, Tree];
    losses.push(loss.item());
    ({ params, state } = optimiser.update(params, gradients, state, t));
  }
  return { params, state, losses };
}

const { score } = network.engine;
const learningRate = 0.01;
const cases: [string, TrainerObjective, Objective, OptimiserOptions, Optimiser][] = [
  [
    "denoising with adam",
    { name: "denoising", sigma: 0.5 },
    denoising(score, { noise: gaussian(0.5) }),
    { name: "adam", learningRate },
    adam({ learningRate }),
  ],
  [
    "sliced with sgd and momentum",
    { name: "sliced" },
    sliced(score),
    { name: "sgd", learningRate, momentum: 0.9 },
    sgd({ learningRate, momentum: 0.9 }),
  ],
  [
    "reduced sliced with adam and a schedule",
    { name: "sliced", reduced: true },
    sliced(score, { reduced: true }),
    { name: "adam", learningRate, beta1: 0.8, schedule: (t) => 1 / (1 + t) },
    adam({ learningRate, beta1: 0.8, schedule: (t) => t.add(1).pow(-1) }),
  ],
  [
    "implicit with sgd",
    { name: "implicit" },
    implicit(score),
    { name: "sgd", learningRate },
    sgd({ learningRate }),
  ],
];

const expectClose = (got: Tree, want: Tree, tolerance: number) => {
  const [a, b] = [tree.leaves(got), tree.leaves(want)];
  expect(a.length).toBe(b.length);
  for (const [i, w] of b.entries())
    for (const [j, v] of w.data.entries())
      expect(Math.abs(a[i]!.data[j]! - v)).toBeLessThan(tolerance);
};

/** A device whose arrays are so small that a batch takes three tiles. */
const small = (device: Device): Device => ({
  ...device,
  limits: { ...device.limits, elements: 4 * 9 },
});

describe.each(tested.map(({ name }, index) => ({ name, index })))("on $name", ({ index }) => {
  it.each(cases)(
    "%s: states and losses are the engine's",
    async (_, objective, engine, options, oracle) => {
      const { device } = tested[index]!;
      const want = byEngine(engine, oracle);
      for (const on of [device, small(device)]) {
        const { sizes, activation } = network;
        const trainer = createTrainer(on, {
          sizes,
          activation,
          batch,
          steps,
          objective,
          optimiser: options,
        });
        let state = trainer.init(network.params);
        const losses: number[] = [];
        for (let call = 0; call < calls; call++) {
          const result = await trainer.run(state, part(call * steps * batch, steps * batch), key);
          state = result.state;
          losses.push(...result.losses);
        }
        expect(state.step).toBe(calls * steps);
        for (const [t, loss] of want.losses.entries())
          expect(Math.abs(losses[t]! - loss), `loss ${t}`).toBeLessThan(
            2e-5 * (1 + Math.abs(loss)),
          );
        expectClose(state.params, want.params, 1e-5);
        expectClose(state.moments, want.state, 2e-5);
        await trainer.destroy();
      }
    },
  );
});

describe("a trainer", () => {
  const { device } = tested[0]!;
  const { sizes, activation } = network;
  const base = { sizes, activation, batch, steps, objective: { name: "implicit" } } as const;

  it("refuses settings out of range by name", () => {
    const adamWith = (more: object) =>
      ({ name: "adam", learningRate, ...more }) as OptimiserOptions;
    const create = (more: object) => () =>
      createTrainer(device, { ...base, optimiser: adamWith({}), ...more });
    expect(create({ steps: 0 })).toThrow("trainer: expected steps to be a whole number ≥ 1, got 0");
    expect(create({ optimiser: adamWith({ beta1: 1 }) })).toThrow(/beta1 in \[0, 1\), got 1/);
    expect(create({ optimiser: adamWith({ learningRate: 0 }) })).toThrow(/learningRate > 0/);
    expect(create({ sizes: [2, 3] })).toThrow(/as wide at the end/);
    expect(create({ rate: 1 })).toThrow(/expected no options but sizes, .*, steps, got rate/);
    expect(create({ optimiser: adamWith({ momentum: 0.9 }) })).toThrow(
      /expected no options but name, learningRate, schedule, beta1, beta2, epsilon, got momentum/,
    );
    expect(create({ objective: { name: "sliced", projections: 4 } })).toThrow(
      /expected no options but name, reduced, distribution, got projections/,
    );
    expect(create({ objective: { name: "denoising", sigma: 0 } })).toThrow(/sigma > 0/);
  });

  it("refuses names that it has not, and what is no device, options or state", async () => {
    const optimiser = { name: "sgd", learningRate } as const;
    const create = (more: object) => () => createTrainer(device, { ...base, optimiser, ...more });
    expect(create({ optimiser: { name: "rmsprop", learningRate } })).toThrow(
      'trainer: expected an optimiser with kernels, one of adam, sgd, got "rmsprop"',
    );
    expect(create({ optimiser: undefined })).toThrow(/trainer: optimiser: expected options/);
    expect(create({ objective: { name: "denoise", sigma: 1 } })).toThrow(
      'trainer: expected an objective with kernels, one of denoising, sliced, implicit, got "denoise"',
    );
    expect(create({ objective: "implicit" })).toThrow(/objective: expected options .*"implicit"/);
    expect(create({ objective: { name: "sliced", distribution: "uniform" } })).toThrow(
      'trainer: expected a distribution, one of rademacher, gaussian, got "uniform"',
    );
    expect(() => createTrainer({ ...base, optimiser } as never, undefined as never)).toThrow(
      "createTrainer: expected a device first, got object; open one",
    );
    expect(() => createTrainer(device, undefined as never)).toThrow(
      /expected options as an object/,
    );
    const trainer = createTrainer(device, { ...base, optimiser });
    expect(() => trainer.init(undefined as never)).toThrow(/trainer.init: expected parameters/);
    await expect(trainer.run(network.params as never, part(0, 5), key)).rejects.toThrow(
      "trainer: expected a state { params, moments, step } first, got parameters; begin with trainer.init(params)",
    );
    await expect(trainer.run(undefined as never, part(0, 5), key)).rejects.toThrow(/got undefined/);
  });

  it("refuses rows that are not those of its steps", async () => {
    const trainer = createTrainer(device, { ...base, optimiser: { name: "sgd", learningRate } });
    const state = trainer.init(network.params as MlpParams);
    await expect(trainer.run(state, part(0, 5), key)).rejects.toThrow(
      "trainer: expected x [33, 2]",
    );
  });
});
