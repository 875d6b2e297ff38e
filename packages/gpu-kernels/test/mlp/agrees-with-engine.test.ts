// Passes and whole steps against the engine in f64, on every backend, for depths 1 to 4.
import {
  jvp,
  mean,
  mul,
  reshape,
  square,
  sum,
  type Tensor,
  type Tree,
  tensor,
  valueAndGrad,
  vjp,
} from "@cotangent/autodiff";
import { denoising, gaussian, implicit, sliced } from "@cotangent/losses";
import { afterAll, describe, expect, it } from "vitest";
import {
  type ActivationName,
  createMlp,
  type MlpParams,
  type StepResult,
} from "../../src/index.ts";
import { activationNames } from "../../src/kernels/index.ts";
import { openBackends } from "../support/backends.ts";
import { inDouble, rows, type TestNetwork, testNetwork } from "../support/networks.ts";
import { errorOf, judged } from "../support/terms.ts";

const full = process.env.COTANGENT_FULL === "1";
const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

/** Depths 1–4, all activations, widths 1 to 300; the whole product in full. */
const shapes = [
  [1, 1],
  [2, 17, 2],
  [3, 17, 8, 3],
  [5, 17, 2, 8, 5],
  [2, 128, 128, 2],
  [3, 300, 3],
];
const cases: readonly (readonly [number[], ActivationName])[] = full
  ? shapes.flatMap((sizes) => activationNames.map((name) => [sizes, name] as const))
  : [
      [[1, 1], "identity"],
      [[2, 17, 2], "tanh"],
      [[2, 17, 2], "relu"],
      [[3, 17, 8, 3], "softplus"],
      [[3, 17, 8, 3], "silu"],
      [[5, 17, 2, 8, 5], "sigmoid"],
      [[2, 8, 5, 8, 2], "relu"],
      [[3, 300, 3], "tanh"],
    ];

const batch = 7;
const sigma = 0.5;

/** A mean of per-sample values, with its gradients in the parameters. */
type PerSample = (params: MlpParams, ...rows: Tensor[]) => Tensor;

function checkStep(
  title: string,
  step: StepResult,
  perSample: PerSample,
  { exact }: TestNetwork,
  rowsOfStep: readonly Tensor[],
  tolerance: number,
) {
  const whole = (p: Tree, ...z: Tensor[]) => [
    valueAndGrad((q: Tree) => mean(perSample(q as MlpParams, ...z)))(p),
    perSample(p as MlpParams, ...z),
  ];
  const { loss, gradients, values } = step;
  const want = judged(whole as never, [exact, ...rowsOfStep]);
  const error = errorOf([[tensor(loss), gradients], values], want);
  expect(error, `${title}: loss, gradients and values, by their terms`).toBeLessThan(tolerance);
}

describe.each(tested.map(({ name }, index) => ({ name, index })))("on $name", ({ index }) => {
  it.each(cases)("%j with %s: passes and steps are the engine's", async (sizes, activation) => {
    const { device, tolerance } = tested[index]!;
    const network = testNetwork(sizes, activation);
    const { engine, params, exact } = network;
    const { score } = engine;
    const d = sizes[0]!;
    // 7 rows on pipelines for 4: a whole tile and a padded one.
    const gpu = createMlp(device, { sizes, activation, batch: 4 });
    const [x, v] = [rows(31, batch, d), rows(32, batch, d)];
    const both = [inDouble(x), inDouble(v)];
    const expectSame = (title: string, got: Tree, f: (...z: never[]) => unknown) =>
      expect(errorOf(got, judged(f, [exact, ...both])), title).toBeLessThan(tolerance);

    expectSame("forward", await gpu.forward(params, x), (p: MlpParams, z: Tensor) => score(p, z));
    const along = (p: MlpParams, z: Tensor, w: Tensor) => jvp((q: Tensor) => score(p, q), [z], [w]);
    expectSame("jvp", [...(await gpu.jvp(params, x, v))], along);
    const { y, paramsBar, xBar } = await gpu.vjp(params, x, v);
    expectSame("vjp", [y, paramsBar, xBar], (p: MlpParams, z: Tensor, w: Tensor) => {
      const [value, pullback] = vjp((q: Tree, r: Tensor) => score(q, r), [p as Tree, z]);
      return [value, ...(pullback(w) as unknown as Tree[])];
    });

    const check = (title: string, step: StepResult, f: PerSample, given: readonly Tensor[]) =>
      checkStep(title, step, f, network, given, tolerance);
    const [noisy, target] = [x.add(v), v.mul(-1 / sigma ** 2)];
    check(
      "denoising",
      await gpu.denoisingStep(params, noisy, target),
      (p, z, g) => mul(0.5, sum(square(score(p, z!).sub(g!)), 1)),
      [inDouble(noisy), inDouble(target)],
    );
    for (const reduced of [false, true]) {
      const step = await gpu.slicedStep(params, x, v, { reduced });
      const objective = sliced(score, { reduced });
      const perSample: PerSample = (p, z, w) =>
        objective.perSample(p, z!, { v: reshape(w!, [1, batch, d]) });
      check(reduced ? "reduced" : "sliced", step, perSample, both);
    }
    const directions = implicit(score, { useContraction: false });
    const exactStep = await gpu.implicitStep(params, x);
    check("implicit", exactStep, (p, z) => directions.perSample(p, z!, {}), [inDouble(x)]);
    await gpu.destroy();
  });

  it("the gaussian denoising step of the losses package is this one with target −δ/σ²", async () => {
    const { device, tolerance } = tested[index]!;
    const { params, exact, engine, ...network } = testNetwork([2, 17, 2], "silu");
    const gpu = createMlp(device, { ...network, batch });
    const [x, delta] = [rows(33, batch, 2), rows(34, batch, 2)];
    const objective = denoising(engine.score, { noise: gaussian(sigma) });
    const want = judged(
      ((p: MlpParams, z: Tensor, e: Tensor) => objective.perSample(p, z, { delta: e })) as never,
      [exact, inDouble(x), inDouble(delta)],
    );
    const got = await gpu.denoisingStep(params, x.add(delta), delta.mul(-1 / sigma ** 2));
    expect(errorOf(got.values, want)).toBeLessThan(tolerance);
    await gpu.destroy();
  });

  it("several slices are the mean over them", async () => {
    const { device, tolerance } = tested[index]!;
    const { params, exact, engine, ...network } = testNetwork([3, 8, 3], "tanh");
    const gpu = createMlp(device, { ...network, batch: 8 });
    const x = rows(35, batch, 3);
    const v = rows(36, 2 * batch, 3).reshape([2, batch, 3]);
    const want = sliced(engine.score).perSample(exact, inDouble(x), { v: inDouble(v) });
    const { loss } = await gpu.slicedStep(params, x, v);
    expect(Math.abs(loss - mean(want).item())).toBeLessThan(10 * tolerance);
    await gpu.destroy();
  });
});
