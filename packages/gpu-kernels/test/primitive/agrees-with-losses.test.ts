// deviceMlp is @cotangent/losses' mlp: values to the bit, derivatives of every kind to rounding, in f64.
import {
  grad,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  type MapAxes,
  mean,
  mul,
  sin,
  stack,
  sum,
  type Tensor,
  type Tree,
  tree,
  vjp,
  vmap,
} from "@cotangent/autodiff";
import {
  denoising,
  gaussian,
  implicit,
  type MlpParams,
  type Score,
  sliced,
  type TracedScore,
} from "@cotangent/losses";
import { describe, expect, it } from "vitest";
import { type ActivationName, deviceMlp } from "../../src/index.ts";
import { activationNames } from "../../src/kernels/index.ts";
import { inDouble, rows, testNetwork } from "../support/networks.ts";
import { errorOf, judged } from "../support/terms.ts";

const full = process.env.COTANGENT_FULL === "1";

/** A few units of rounding of the terms: what any order of evaluation may be off by. */
const bound = 4 * 2 ** -53;

type Of = (score: TracedScore) => (...args: never[]) => unknown;

function expectSame(
  title: string,
  of: Of,
  activation: ActivationName,
  sizes: readonly number[],
  args: readonly Tree[],
) {
  const { engine } = testNetwork(sizes, activation);
  const got = of(deviceMlp({ activation }))(...(args as never[])) as Tree;
  const error = errorOf(got, judged(of(engine.score), args));
  expect(error, `${title}, ${activation}, [${sizes}]`).toBeLessThan(bound);
}

/** A scalar in which every output and every power of it counts. */
const energy = (score: Score) => (p: MlpParams, x: Tensor) => sum(sin(score(p, x)));

const kinds: Readonly<Record<string, Of>> = {
  "jvp along x": (s) => (p: MlpParams, x: Tensor, v: Tensor) =>
    jvp((z: Tensor) => s(p, z), [x], [v]),
  "jvp along the parameters": (s) => (p: MlpParams, x: Tensor) =>
    jvp((q: Tree) => s(q, x), [p as Tree], [p as Tree]),
  "jvp along both": (s) => (p: MlpParams, x: Tensor, v: Tensor) =>
    jvp((q: Tree, z: Tensor) => s(q, z), [p as Tree, x], [p as Tree, v]),
  vjp: (s) => (p: MlpParams, x: Tensor, v: Tensor) => {
    const [y, pull] = vjp((q: Tree, z: Tensor) => s(q, z), [p as Tree, x]);
    return [y, ...(pull(v) as unknown as Tree[])];
  },
  "gradient in both": (s) => (p: MlpParams, x: Tensor) =>
    grad(energy(s) as (...a: Tree[]) => Tensor, { argnums: [0, 1] })(p as Tree, x),
  hvp: (s) => (p: MlpParams, x: Tensor) =>
    hvp((q: Tree) => energy(s)(q as MlpParams, x), [p as Tree], [p as Tree]),
  "jacfwd of jacrev in x": (s) => (p: MlpParams, x: Tensor) =>
    jacfwd(jacrev((z: Tensor) => energy(s)(p, z)))(x),
  "jacrev of jacfwd in the biases": (s) => (p: MlpParams, x: Tensor) => {
    const withBias = (b: Tensor) => ({
      layers: p.layers.map((layer, l) => (l === 0 ? { ...layer, bias: b } : layer)),
    });
    return jacrev(jacfwd((b: Tensor) => energy(s)(withBias(b), x)))(p.layers[0]!.bias);
  },
  "third derivative by direction, forward": (s) => (p: MlpParams, x: Tensor, v: Tensor) => {
    const along = (f: (z: Tensor) => Tensor) => (z: Tensor) => jvp(f, [z], [v])[1];
    return along(along(along((z) => s(p, z))))(x);
  },
  "gradient of a second derivative by direction": (s) => (p: MlpParams, x: Tensor, v: Tensor) => {
    const along = (f: (z: Tensor) => Tensor) => (z: Tensor) => jvp(f, [z], [v])[1];
    return grad((q: Tree) => sum(sin(along(along((z) => s(q, z)))(x))))(p as Tree);
  },
  "its trace, and the trace's gradient": (s) => (p: MlpParams, x: Tensor) => [
    s.jacobianTrace(p, x),
    grad((q: Tree) => sum(sin(s.jacobianTrace(q, x))))(p as Tree),
  ],
};

const batch = 3;
const argsOf = (sizes: readonly number[], activation: ActivationName): Tree[] => [
  testNetwork(sizes, activation).exact as Tree,
  inDouble(rows(51, batch, sizes[0]!)),
  inDouble(rows(52, batch, sizes[0]!)),
];

describe.each(activationNames)("with %s", (activation) => {
  it.each([[[2, 2]], [[2, 5, 2]], [[3, 4, 5, 3]]])(
    "values are the same bits, sizes %j",
    (sizes) => {
      const [p, x] = argsOf(sizes, activation) as [MlpParams & Tree, Tensor];
      const { score } = testNetwork(sizes, activation).engine;
      expect(deviceMlp({ activation })(p, x).data).toEqual(score(p, x).data);
    },
  );

  // The rules are shared by the activations that bend, so that one of them may stand for all.
  const isWhole = full || activation === "silu";
  const few = ["gradient in both", "hvp", "third derivative by direction, forward"];
  it.each(isWhole ? Object.keys(kinds) : few)("%s", (kind) => {
    const sizes = kind.startsWith("jac") ? [2, 3, 2] : [2, 4, 3, 2];
    expectSame(kind, kinds[kind]!, activation, sizes, argsOf(sizes, activation));
  });
});

describe("the trace of any depth", () => {
  it.each([
    [[3, 3]],
    [[3, 5, 3]],
    [[3, 5, 4, 3]],
    [[3, 5, 2, 4, 3]],
    [[2, 5, 4, 6, 2]],
    [[5, 4, 6, 4, 3, 5]],
    [[4, 4, 4, 4, 4]],
  ])("sizes %j", (sizes) => {
    const kind = "its trace, and the trace's gradient";
    expectSame(kind, kinds[kind]!, "silu", sizes, argsOf(sizes, "silu"));
  });
});

describe("objectives of score matching with their parameter gradients", () => {
  const draws =
    (of: (s: TracedScore) => ReturnType<typeof sliced>, projections: number): Of =>
    (s) =>
    (p: MlpParams, x: Tensor, v: Tensor) => {
      const given = {
        v: stack(Array.from({ length: projections }, (_, m) => mul(v, 1 - m / 2))),
        delta: v,
      };
      const value = (q: Tree) => mean(of(s).perSample(q, x, given));
      return [value(p as Tree), grad(value)(p as Tree)];
    };
  const objectives: Readonly<Record<string, Of>> = {
    denoising: draws((s) => denoising(s, { noise: gaussian(0.5) }), 1),
    "denoising with a control variate": draws(
      (s) => denoising(s, { noise: gaussian(0.5), controlVariate: true }),
      1,
    ),
    sliced: draws((s) => sliced(s), 1),
    "sliced, two projections": draws((s) => sliced(s, { projections: 2 }), 2),
    "sliced, reduced": draws((s) => sliced(s, { reduced: true }), 1),
    implicit: draws((s) => implicit(s), 1),
    "implicit by directions": draws((s) => implicit(s, { useContraction: false }), 1),
  };
  it.each(Object.keys(objectives))("%s", (name) => {
    for (const activation of full ? activationNames : (["tanh"] as const))
      expectSame(
        name,
        objectives[name]!,
        activation,
        [2, 5, 4, 2],
        argsOf([2, 5, 4, 2], activation),
      );
  });
});

describe("vmap", () => {
  const sizes = [2, 3, 2];
  const members = 2;
  const { exact } = testNetwork(sizes, "tanh");
  const x = inDouble(rows(53, batch, 2));
  /** Two different members along an axis. */
  const stacked = (t: Tensor, axis: number | null) =>
    axis === null ? t : stack([t, mul(sin(t), 1.5)], axis);

  type Flat = (x: Tensor, ...layers: Tensor[]) => unknown;
  const flat =
    (s: Score): Flat =>
    (z, w1, c1, w2, c2) =>
      s(
        {
          layers: [
            { weight: w1!, bias: c1! },
            { weight: w2!, bias: c2! },
          ],
        } as Tree,
        z,
      );
  const leaves = exact.layers.flatMap(({ weight, bias }) => [weight, bias]);
  const inputs = [x, ...leaves];
  const derivative =
    (f: Flat): Flat =>
    (...all) => {
      const value = (...args: Tensor[]) => sum(sin((f as (...a: Tensor[]) => Tensor)(...args)));
      return grad(value, { argnums: [0, 1, 2, 3, 4] })(...(all as Tensor[]));
    };
  const tangent =
    (f: Flat): Flat =>
    (...all) =>
      jvp(
        f as (...a: Tensor[]) => Tensor,
        all as Tensor[],
        all.map((t) => sin(t)),
      );

  const compare = (of: (f: Flat) => Flat, inAxes: (number | null)[], outAxes: MapAxes) => {
    const args = inputs.map((t, i) => stacked(t, inAxes[i]!));
    const run = (s: Score) => vmap(of(flat(s)) as (...a: Tensor[]) => Tree, inAxes, outAxes);
    const want = judged(run(testNetwork(sizes, "tanh").engine.score), args);
    const got = run(deviceMlp())(...args);
    expect(errorOf(got as Tree, want), `axes ${inAxes} → ${outAxes}`).toBeLessThan(bound);
    for (const leaf of tree.leaves(got as Tree)) expect(leaf.shape).toContain(members);
  };
  const choices = Array.from({ length: 31 }, (_, bits) =>
    inputs.map((t, i) =>
      (((bits + 1) >> i) & 1) === 1 ? (bits + i) % (t.shape.length + 1) : null,
    ),
  );

  it("of values, tangents and gradients, for every choice of mapped inputs", () => {
    for (const inAxes of choices) {
      compare((f) => f, inAxes, 0);
      compare(tangent, inAxes, 0);
      compare(derivative, inAxes, 0);
    }
  });
  it("along every axis in and out", () => {
    for (const axis of [0, 1, 2, -1])
      for (const out of [0, 1, 2, -1]) {
        compare((f) => f, [axis, null, null, null, null], out);
        compare((f) => f, [axis, axis, 0, null, 1], out);
      }
  });
  it("of vmap, over rows and over parameters, with its gradient", () => {
    const twice = (s: Score) => (z: Tensor, w: Tensor) =>
      vmap(
        (v: Tensor) =>
          vmap((u: Tensor) => derivative(flat(s))(v, u, ...leaves.slice(1)) as Tree[])(w),
        1,
      )(z);
    const args = [stacked(x, 1), stacked(leaves[0]!, 0)];
    const want = judged(twice(testNetwork(sizes, "tanh").engine.score) as never, args);
    expect(errorOf(twice(deviceMlp())(args[0]!, args[1]!) as Tree, want)).toBeLessThan(bound);
  });
});

it("per-sample gradients are a loop's", () => {
  const { exact, engine } = testNetwork([2, 3, 2], "silu");
  const x = inDouble(rows(54, 4, 2));
  const each = (s: Score) => (z: Tensor) =>
    vmap((r: Tensor) => grad((p: Tree) => sum(sin(s(p, r.reshape([1, 2])))))(exact as Tree))(z);
  expect(
    errorOf(each(deviceMlp({ activation: "silu" }))(x) as Tree, judged(each(engine.score), [x])),
  ).toBeLessThan(bound);
});

it("in f32 the reference is rounded once: within half a unit of f64's value", () => {
  const { params, exact } = testNetwork([2, 5, 2], "tanh");
  const x = rows(55, batch, 2);
  const [got, want] = [deviceMlp()(params, x), deviceMlp()(exact, inDouble(x))];
  expect(got.dtype).toBe("f32");
  expect(got.data).toEqual(Float32Array.from(want.data));
});

it("of f32 rows and f64 parameters, or the other way round, the network computes in f64, as the losses' does", () => {
  const { params, exact, engine } = testNetwork([2, 5, 2], "tanh");
  const x = rows(55, batch, 2);
  for (const [p, z] of [
    [exact, x],
    [params, inDouble(x)],
  ] as const) {
    const [got, want] = [deviceMlp()(p, z), engine.score(p, z)];
    expect([got.dtype, want.dtype]).toEqual(["f64", "f64"]);
    expect(got.data).toEqual(deviceMlp()(exact, inDouble(x)).data);
  }
});
