// Passes and whole steps against the engine in f64, on every backend, for depths 1 to 4.
import {
  add,
  jvp,
  mean,
  mul,
  neg,
  reshape,
  square,
  sum,
  type Tensor,
  type Tree,
  tree,
  valueAndGrad,
  vjp,
} from "@cotangent/autodiff";
import { denoising, gaussian, implicit, type Objective, sliced } from "@cotangent/losses";
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
import { gradientScales, type Term } from "../support/terms.ts";

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

/** |got − want| of every array, relative to `scales` (arrays of magnitudes), largest entries. */
function errorOf(got: Tree, want: Tree, scales: Tree): number {
  const leaves = [got, want, scales].map((t) => tree.leaves(t));
  return Math.max(
    ...leaves[1]!.map((w, i) => {
      const scale = Math.max(...leaves[2]![i]!.data.map(Math.abs), 1e-30);
      return Math.max(...w.data.map((v, j) => Math.abs(v - leaves[0]![i]!.data[j]!))) / scale;
    }),
  );
}

function checkStep(
  title: string,
  step: StepResult,
  { exact }: TestNetwork,
  perSample: (params: MlpParams) => Tensor,
  terms: readonly Term[],
  inputs: readonly Tensor[],
  tolerance: number,
) {
  const mean_ = (p: Tree): Tensor => mean(perSample(p as MlpParams));
  const [loss, gradients] = valueAndGrad(mean_)(exact) as [Tensor, MlpParams];
  const sizes = terms.map((term) => sum(term(exact, ...inputs).abs()).item() / batch);
  const size = sizes.reduce((a, b) => a + b);
  expect(Math.abs(step.loss - loss.item()) / size, `${title}: loss`).toBeLessThan(tolerance);
  const values = perSample(exact);
  for (const [i, v] of step.values.data.entries())
    expect(Math.abs(v - values.data[i]!) / (batch * size), `${title}: value ${i}`).toBeLessThan(
      tolerance,
    );
  const scales = gradientScales(terms, exact, inputs);
  const error = errorOf(step.gradients, gradients, scales);
  expect(error, `${title}: gradients relative to their terms`).toBeLessThan(tolerance);
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
    const [x64, v64] = [inDouble(x), inDouble(v)];

    const [y, yDot] = await gpu.jvp(params, x, v);
    const [wantY, wantDot] = jvp((z: Tensor) => score(exact, z), [x64], [v64]);
    expect(errorOf(y, wantY, wantY), "y").toBeLessThan(tolerance);
    expect(errorOf(await gpu.forward(params, x), wantY, wantY), "forward").toBeLessThan(tolerance);
    expect(errorOf(yDot, wantDot, add(wantDot.abs(), 1)), "yDot").toBeLessThan(tolerance);

    const pulled = await gpu.vjp(params, x, v);
    const [, pullback] = vjp((p: Tree, z: Tensor) => score(p, z), [exact as Tree, x64]);
    const [paramsBar, xBar] = pullback(v64) as unknown as [MlpParams, Tensor];
    const coupling: Term = (p, z, w) => sum(mul(w!, score(p, z!)), 1);
    const scales = gradientScales([coupling], exact, [x64, v64]);
    expect(errorOf(pulled.xBar, xBar, add(xBar.abs(), 1)), "xBar").toBeLessThan(tolerance);
    expect(errorOf(pulled.paramsBar, paramsBar, scales), "paramsBar").toBeLessThan(tolerance);

    const halfNorm: Term = (p, z) => mul(0.5, sum(square(score(p, z!)), 1));
    const curvature: Term = (p, z, w) => sum(mul(w!, along(p, z!, w!)), 1);
    const along = (p: Tree, z: Tensor, w: Tensor) => jvp((q: Tensor) => score(p, q), [z], [w])[1];
    const of = (objective: Objective, draws: Record<string, Tensor>) => (p: MlpParams) =>
      objective.perSample(p, x64, draws);

    const noisy = x.add(v);
    const target = v.mul(-1 / sigma ** 2);
    checkStep(
      "denoising",
      await gpu.denoisingStep(params, noisy, target),
      network,
      (p) => mul(0.5, sum(square(score(p, inDouble(noisy)).sub(inDouble(target))), 1)),
      [
        halfNorm,
        (p, z, g) => neg(sum(mul(g!, score(p, z!)), 1)),
        (_, __, g) => mul(0.5, sum(square(g!), 1)),
      ],
      [inDouble(noisy), inDouble(target)],
      tolerance,
    );
    const projected: Term = (p, z, w) => mul(0.5, square(sum(mul(w!, score(p, z!)), 1)));
    const draws = { v: reshape(v64, [1, batch, d]) };
    const step = await gpu.slicedStep(params, x, v);
    checkStep(
      "sliced",
      step,
      network,
      of(sliced(score), draws),
      [curvature, projected],
      [x64, v64],
      tolerance,
    );
    const reduced = await gpu.slicedStep(params, x, v, { reduced: true });
    const reducedObjective = of(sliced(score, { reduced: true }), draws);
    checkStep(
      "reduced",
      reduced,
      network,
      reducedObjective,
      [curvature, halfNorm],
      [x64, v64],
      tolerance,
    );

    const trace: Term = (p, z) => score.jacobianTrace(p, z!);
    const exactStep = await gpu.implicitStep(params, x);
    const byDirections = of(implicit(score, { useContraction: false }), {});
    checkStep(
      "implicit",
      exactStep,
      network,
      byDirections,
      [trace, halfNorm],
      [x64, v64],
      tolerance,
    );
    await gpu.destroy();
  });

  it("the gaussian denoising step of the losses package is this one with target −δ/σ²", async () => {
    const { device, tolerance } = tested[index]!;
    const { params, exact, engine, ...network } = testNetwork([2, 17, 2], "silu");
    const gpu = createMlp(device, { ...network, batch });
    const [x, delta] = [rows(33, batch, 2), rows(34, batch, 2)];
    const objective = denoising(engine.score, { noise: gaussian(sigma) });
    const want = objective.perSample(exact, inDouble(x), { delta: inDouble(delta) });
    const got = await gpu.denoisingStep(params, x.add(delta), delta.mul(-1 / sigma ** 2));
    expect(errorOf(got.values, want, want)).toBeLessThan(tolerance);
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
