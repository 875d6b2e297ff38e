// Derivatives of the network compiled for a device: right, and run by the hand-written kernels.
import {
  expandDims,
  grad,
  jvp,
  mean,
  type PrimitiveFunction,
  primitive,
  type Tensor,
  type Tree,
  tensor,
  tree,
  valueAndGrad,
  vmap,
} from "@cotangent/autodiff";
import {
  denoising,
  gaussian,
  implicit,
  type Objective,
  type Score,
  sliced,
} from "@cotangent/losses";
import { afterAll, describe, expect, it } from "vitest";
import {
  type ActivationName,
  compile,
  createMlp,
  type Device,
  deviceMlp,
  type Launch,
  type MlpParams,
  type StepResult,
} from "../../src/index.ts";
import { openBackends } from "../support/backends.ts";
import { inDouble, rows, testNetwork } from "../support/networks.ts";
import { errorOf, judged } from "../support/terms.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

const batch = 5;
const sigma = 0.5;
const [x, v] = [rows(81, batch, 2), rows(82, batch, 2)];

const objectives: Readonly<Record<string, (score: Score) => Objective>> = {
  sliced: (s) => sliced(s),
  "sliced, reduced": (s) => sliced(s, { reduced: true }),
  "sliced, two projections": (s) => sliced(s, { projections: 2 }),
  denoising: (s) => denoising(s, { noise: gaussian(sigma) }),
  implicit: (s) => implicit(s),
};
/** The mean of an objective and its parameter gradient; z: [B, d], w: one direction or noise a row. */
const stepOf =
  (name: string, score: Score) =>
  (p: Tree, z: Tensor, w: Tensor): Tree => {
    const objective = objectives[name]!(score);
    const draws = { v: w, delta: w.shape.length === 2 ? w : z };
    return valueAndGrad((q: Tree) => mean(objective.perSample(q, z, draws)))(p) as Tree;
  };

/** The device, and the names of the kernels that are launched in pipelines on it. */
function watched(device: Device): { readonly device: Device; readonly launched: string[] } {
  const launched: string[] = [];
  const pipeline: Device["pipeline"] = (name, inputs, record) =>
    device.pipeline(name, inputs, (launch, values, constant) => {
      const watch: Launch = (kernel, given) => {
        launched.push(kernel.name);
        return launch(kernel, given);
      };
      return record(watch, values, constant);
    });
  return { device: { ...device, pipeline }, launched };
}

describe.each(tested.map(({ name }, index) => ({ name, index })))("on $name", ({ index }) => {
  const { device, tolerance } = tested[index]!;

  const cases: readonly (readonly [string, number[], ActivationName])[] = [
    ["sliced", [2, 5, 4, 2], "tanh"],
    ["sliced", [2, 6, 2], "relu"],
    ["sliced, reduced", [2, 6, 2], "silu"],
    ["sliced, two projections", [2, 6, 2], "sigmoid"],
    ["denoising", [2, 5, 4, 2], "softplus"],
    ["implicit", [2, 5, 4, 2], "sigmoid"],
    ["implicit", [2, 5, 3, 4, 2], "tanh"],
  ];
  it.each(cases)(
    "%s of %j with %s: value and gradients are the engine's",
    async (name, sizes, activation) => {
      const { params, exact, engine } = testNetwork(sizes, activation);
      const compiled = compile(device, stepOf(name, deviceMlp({ activation })));
      const directions = name.includes("two") ? rows(83, 2 * batch, 2).reshape([2, batch, 2]) : v;
      const want = judged(stepOf(name, engine.score), [
        exact as Tree,
        inDouble(x),
        inDouble(directions),
      ]);
      const got = await compiled(params as Tree, x, directions);
      expect(errorOf(got, want)).toBeLessThan(tolerance);
      await compiled.destroy();
    },
  );

  it.each([[[1, 1]], [[1, 3, 1]]])("one row of width one, sizes %j", async (sizes) => {
    const { params, exact, engine } = testNetwork(sizes, "softplus");
    const [z, w] = [rows(84, 1, 1), rows(85, 1, 1)];
    const compiled = compile(device, stepOf("sliced", deviceMlp({ activation: "softplus" })));
    const want = judged(stepOf("sliced", engine.score), [exact as Tree, inDouble(z), inDouble(w)]);
    expect(errorOf(await compiled(params as Tree, z, w), want)).toBeLessThan(tolerance);
    await compiled.destroy();
  });

  it("values, tangents, second and third derivatives and batches of networks are the engine's", async () => {
    const { params, exact, engine } = testNetwork([2, 4, 3, 2], "silu");
    const all = (s: Score) => (p: Tree, z: Tensor, w: Tensor) =>
      [
        s(p, z),
        jvp((q: Tree, r: Tensor) => s(q, r), [p, z], [p, w]),
        grad((q: Tree) =>
          mean(jvp((r: Tensor) => jvp((t: Tensor) => s(q, t), [r], [w])[1], [z], [w])[1]),
        )(p),
        vmap((q: Tree) => s(q, z))(stackedWith(p)),
        third((r) => s(p, r), z, w),
      ] as unknown as Tree;
    const compiled = compile(device, all(deviceMlp({ activation: "silu" })));
    const got = await compiled(params as Tree, x, v);
    expect(
      errorOf(got, judged(all(engine.score), [exact as Tree, inDouble(x), inDouble(v)])),
    ).toBeLessThan(tolerance);
    await compiled.destroy();
  });
});

/** The third derivative by direction, whose φ‴ is the engine's. */
function third(f: (z: Tensor) => Tensor, z: Tensor, w: Tensor): Tensor {
  const along = (g: (r: Tensor) => Tensor) => (r: Tensor) => jvp(g, [r], [w])[1];
  return along(along(along(f)))(z);
}

/** A batch of one network. */
const stackedWith = (p: Tree): Tree => ({
  layers: (p as MlpParams).layers.map(({ weight, bias }) => ({
    weight: expandDims(weight, 0),
    bias: expandDims(bias, 0),
  })),
});

describe("what runs", () => {
  const { device } = tested[0]!;
  /** Kernels that no lowering of the network makes have other names than these. */
  const written =
    /^(dense-forward|dense-tangent|backward-.*|accumulate-weight|activation-\d|scale-by-slope|times)$/;
  const launches = async (name: string, sizes: number[]): Promise<readonly string[]> => {
    const { params } = testNetwork(sizes, "tanh");
    const watch = watched(device);
    const compiled = compile(watch.device, stepOf(name, deviceMlp()));
    await compiled(params as Tree, x, v);
    await compiled.destroy();
    return watch.launched;
  };

  it("a forward pass is one dense kernel a layer, activation fused", async () => {
    const { params } = testNetwork([2, 4, 3, 2], "tanh");
    const watch = watched(device);
    await compile(watch.device, (p: Tree, z: Tensor) => deviceMlp()(p, z))(params as Tree, x);
    expect(watch.launched).toEqual(["dense-forward", "dense-forward", "dense-forward"]);
  });

  it("a denoising step is the forward and the backward pass, kernel by kernel", async () => {
    const names = (await launches("denoising", [2, 4, 2])).filter((one) => written.test(one));
    expect(names.toSorted()).toEqual(
      [
        ...["dense-forward", "activation-0", "dense-forward"],
        ...["backward-weight", "backward-bias", "backward-hidden"],
        ...["backward-weight", "backward-bias"],
      ].toSorted(),
    );
  });

  it("a sliced step is what slicedStep launches, with the tangents and their transpose", async () => {
    const names = (await launches("sliced", [2, 4, 2])).filter((one) => written.test(one));
    expect(names.toSorted()).toEqual(
      [
        ...["dense-forward", "activation-0", "dense-forward"],
        ...["dense-tangent", "scale-by-slope", "dense-tangent"],
        ...["backward-weight", "backward-input", "scale-by-slope", "backward-weight"],
        ...["accumulate-weight", "backward-bias", "backward-curved"],
        ...["accumulate-weight", "backward-bias"],
      ].toSorted(),
    );
  });
});

it("a primitive that only shares its name with one of the family is not taken for it", async () => {
  const dense: PrimitiveFunction<object> = primitive({
    name: "dense",
    shape: ([z]) => z!,
    evaluate: ([z], out) => ({ ...out, data: z!.data.map((zi) => 3 * zi) }),
    jvp: ([zDot]) => dense([zDot!], {}),
    transpose: (yBar) => [dense([yBar], {})],
    batch: (inputs) => dense(inputs, {}),
  });
  const compiled = compile(tested[0]!.device, (z: Tensor) => dense([z], {}));
  await expect(compiled(x)).rejects.toThrow(/primitive dense is not deviceMlp's .* rename it/);
});

describe("createMlp's steps, written by hand, and the compiled composition agree", () => {
  const { device, tolerance } = tested[0]!;
  const sizes = [2, 5, 4, 2];
  const network = testNetwork(sizes, "tanh");
  const gpu = createMlp(device, { sizes, activation: "tanh", batch });
  const byHand: Readonly<Record<string, () => Promise<StepResult>>> = {
    sliced: () => gpu.slicedStep(network.params, x, v),
    "sliced, reduced": () => gpu.slicedStep(network.params, x, v, { reduced: true }),
    denoising: () => gpu.denoisingStep(network.params, x.add(v), v.mul(-1 / sigma ** 2)),
    implicit: () => gpu.implicitStep(network.params, x),
  };
  it.each(Object.keys(byHand))("%s", async (name) => {
    const { loss, gradients } = await byHand[name]!();
    const compiled = compile(device, stepOf(name, deviceMlp()));
    const got = await compiled(network.params as Tree, x, v);
    const terms = judged(stepOf(name, network.engine.score), [
      network.exact as Tree,
      inDouble(x),
      inDouble(v),
    ]);
    const hand: Tree = [tensor(loss), gradients as Tree];
    const leaves = terms.map(({ magnitude }, i) => ({ value: tree.leaves(hand)[i]!, magnitude }));
    expect(errorOf(got, leaves)).toBeLessThan(2 * tolerance);
  });
});
