// What traced derivatives look like: the family's equations, nothing on what does not move, no zeros.
import {
  add,
  checkGraph,
  evaluate,
  fromJSON,
  type Graph,
  grad,
  jvp,
  mean,
  mul,
  print,
  sum,
  Tensor,
  type Tree,
  toJSON,
  trace,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { optimise } from "@cotangent/graph-passes";
import {
  denoising,
  gaussian,
  implicit,
  type MlpParams,
  type Objective,
  sliced,
} from "@cotangent/losses";
import { describe, expect, it } from "vitest";
import { deviceMlp, networkPrimitives } from "../../src/index.ts";
import { scaleByDerivative } from "../../src/primitive/activation.ts";
import { fuseNetwork } from "../../src/primitive/fuse.ts";
import { denseBackwardInput, denseBackwardWeight } from "../../src/primitive/products.ts";
import { inDouble, rows, testNetwork } from "../support/networks.ts";
import { errorOf, judged } from "../support/terms.ts";

const network = deviceMlp({ activation: "tanh" });
/** One hidden layer: h = tanh(z W + b), s = h U + c. */
const s = (z: Tensor, ...[W, b, U, c]: readonly Tensor[]): Tensor =>
  network(
    {
      layers: [
        { weight: W!, bias: b! },
        { weight: U!, bias: c! },
      ],
    },
    z,
  );
const parameters = [zeros([2, 3]), zeros([3]), zeros([3, 2]), zeros([2])];
const [row, direction] = [zeros([4, 2]), zeros([4, 2])];
const traced = (f: (...args: Tensor[]) => unknown, ...args: readonly Tensor[]): Graph =>
  checkGraph(trace(f)(...args));

const slicedGradient = (x: Tensor, v: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor) =>
  grad((p: Tensor[]) => {
    const [y, yDot] = jvp((z: Tensor) => s(z, ...p), [x], [v]);
    return sum(mul(v, yDot)).add(mul(0.5, sum(mul(y, y))));
  })([W, b, U, c]);

describe("printed", () => {
  it("the network is one equation", () => {
    const f = (x: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor) => s(x, W, b, U, c);
    expect(print(traced(f as never, row, ...parameters))).toBe(`\
{ x:f64[4,2], W:f64[2,3], b:f64[3], U:f64[3,2], c:f64[2] .
  let a:f64[4,2] = mlp[activation=tanh] x W b U c
  in a }`);
  });

  it("along x no weight moves", () => {
    const f = (x: Tensor, v: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor) =>
      jvp((z: Tensor) => s(z, W, b, U, c), [x], [v])[1];
    expect(print(traced(f as never, row, direction, ...parameters))).toBe(`\
{ x:f64[4,2], v:f64[4,2], W:f64[2,3], b:f64[3], U:f64[3,2], c:f64[2] .
  let a:f64[4,3] = denseTangent v W
      d:f64[4,3] = dense x W b
      e:f64[4,3] = activation[activation=tanh order=0] d
      f:f64[4,3] = scaleByDerivative[activation=tanh order=1] d a
      g:f64[4,2] = denseTangent f U
      h:f64[4,2] = dense e U c
  in g }`);
  });

  it("along the parameters x stays, and a weight's tangent takes the bias' with it", () => {
    const f = (x: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor) =>
      jvp((...p: Tensor[]) => s(x, ...p), [W, b, U, c], [W, b, U, c])[1];
    expect(print(traced(f as never, row, ...parameters))).toBe(`\
{ x:f64[4,2], W:f64[2,3], b:f64[3], U:f64[3,2], c:f64[2] .
  let a:f64[4,3] = dense x W b
      d:f64[4,3] = dense x W b
      e:f64[4,3] = activation[activation=tanh order=0] d
      f:f64[4,3] = scaleByDerivative[activation=tanh order=1] d a
      g:f64[4,2] = denseTangent f U
      h:f64[4,2] = dense e U c
      i:f64[4,2] = add g h
      j:f64[4,2] = dense e U c
  in i }`);
  });

  it("along one bias there is its own way alone", () => {
    const f = (x: Tensor, bDot: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor) =>
      jvp((q: Tensor) => s(x, W, q, U, c), [b], [bDot])[1];
    expect(print(traced(f as never, row, zeros([3]), ...parameters))).toBe(`\
{ x:f64[4,2], bDot:f64[3], W:f64[2,3], b:f64[3], U:f64[3,2], c:f64[2] .
  let a:f64[1,3] = reshape[shape=[1,3]] bDot
      d:f64[4,3] = broadcastTo[shape=[4,3]] a
      e:f64[4,3] = dense x W b
      f:f64[4,3] = activation[activation=tanh order=0] e
      g:f64[4,3] = scaleByDerivative[activation=tanh order=1] e d
      h:f64[4,2] = denseTangent g U
      i:f64[4,2] = dense f U c
  in h }`);
  });

  it("the gradient of a sliced loss is forward, tangents, their transpose, and backward", () => {
    const graph = traced(slicedGradient as never, row, direction, ...parameters);
    expect(print(graph)).toBe(`\
{ x:f64[4,2], v:f64[4,2], W:f64[2,3], b:f64[3], U:f64[3,2], c:f64[2] ; a:f64[4,2], d:f64[4,2] .
  let e:f64[4,3] = denseTangent v W
      f:f64[4,3] = dense x W b
      g:f64[4,3] = activation[activation=tanh order=0] f
      h:f64[4,3] = scaleByDerivative[activation=tanh order=1] f e
      i:f64[4,2] = denseTangent h U
      j:f64[4,2] = dense g U c
      k:f64[4,2] = mul v i
      l:f64[] = sum[axes=[0,1]] k
      m:f64[4,2] = mul j j
      n:f64[] = sum[axes=[0,1]] m
      o:f64[] = mul 0.5 n
      p:f64[] = add l o
      q:f64[4,2] = mul j a
      r:f64[4,2] = mul a j
      s:f64[4,2] = add q r
      t:f64[4,2] = mul v d
      u:f64[3,2] = denseBackwardWeight g s
      w:f64[2] = denseBackwardBias s
      y:f64[4,3] = denseBackwardInput s U
      z:f64[3,2] = denseBackwardWeight h t
      aa:f64[3,2] = add u z
      ab:f64[4,3] = denseBackwardInput t U
      ac:f64[4,3] = mul e ab
      ad:f64[4,3] = scaleByDerivative[activation=tanh order=2] f ac
      ae:f64[4,3] = scaleByDerivative[activation=tanh order=1] f ab
      af:f64[4,3] = scaleByDerivative[activation=tanh order=1] f y
      ag:f64[4,3] = add ad af
      ah:f64[2,3] = denseBackwardWeight x ag
      ai:f64[3] = denseBackwardBias ag
      aj:f64[2,3] = denseBackwardWeight v ae
      ak:f64[2,3] = add ah aj
  in (ak, ai, aa, w) }`);
  });

  it("optimised and fused, it is the kernels that createMlp launches", () => {
    const graph = traced(slicedGradient as never, row, direction, ...parameters);
    const names = fuseNetwork(optimise(graph)).equations.map(({ primitive }) => primitive.name);
    expect(names.filter((name) => name !== "mul")).toEqual([
      "denseTangent",
      "dense",
      "activation",
      "scaleByDerivative",
      "dense",
      "denseBackwardBias",
      "denseBackwardWeight",
      "denseAccumulateWeight",
      "denseBackwardInput",
      "scaleByDerivative",
      "denseBackwardCurved",
      "denseBackwardBias",
      "denseBackwardWeight",
      "denseAccumulateWeight",
    ]);
  });
});

describe("no equation works on zeros", () => {
  const sizes = [2, 3, 4, 2];
  const objectives: readonly Objective<MlpParams>[] = ["tanh", "relu", "identity"].flatMap(
    (activation) => {
      const score = deviceMlp({ activation: activation as "tanh" });
      return [
        sliced(score),
        sliced(score, { projections: 2, reduced: true }),
        denoising(score, { noise: gaussian(0.5) }),
        implicit(score),
        implicit(score, { useContraction: false }),
      ] as Objective<MlpParams>[];
    },
  );
  it.each(objectives.map((objective) => [objective.name, objective] as const))(
    "gradient of %s",
    (_, objective) => {
      const { exact } = testNetwork(sizes, "tanh");
      const x = inDouble(rows(61, 3, 2));
      const draws = objective.draw(zeros([2], { dtype: "u32" }), x);
      const graph = checkGraph(
        trace((p: Tree) =>
          grad((q: Tree) => mean(objective.perSample(q as MlpParams, x, draws)))(p),
        )(exact as Tree),
      );
      for (const { primitive, inputs } of graph.equations)
        for (const atom of inputs)
          if (
            atom instanceof Tensor &&
            primitive.name !== "where" &&
            primitive.name !== "lessEqual"
          )
            expect(
              atom.data.some((value) => value !== 0),
              primitive.name,
            ).toBe(true);
    },
  );

  it.each(["relu", "identity"] as const)("%s has no curvature to compute", (activation) => {
    const { exact } = testNetwork(sizes, activation);
    const x = inDouble(rows(61, 3, 2));
    for (const of of [sliced, implicit]) {
      const { perSample } = of(deviceMlp({ activation })) as Objective<MlpParams>;
      const value = (p: Tree) => mean(perSample(p as MlpParams, x, { v: x }));
      const text = print(trace((p: Tree) => grad(value)(p))(exact as Tree));
      expect(text).toContain("denseBackwardWeight");
      expect(text).not.toContain("order=2");
    }
  });

  it("along x alone there are as many products as layers, and along one weight those after it", () => {
    const { exact } = testNetwork(sizes, "tanh");
    const x = inDouble(rows(62, 3, 2));
    const along = (moves: (p: MlpParams, z: Tensor) => Tensor) =>
      traced((z: Tensor) => moves(exact, z), x).equations.filter(
        ({ primitive }) => primitive.name === "denseTangent",
      ).length;
    expect(along((p, z) => jvp((q: Tensor) => network(p, q), [z], [z])[1])).toBe(3);
    const withLast = (p: MlpParams, weight: Tensor): Tree => ({
      layers: p.layers.with(2, { ...p.layers[2]!, weight }),
    });
    const { weight } = exact.layers[2]!;
    const last = (p: MlpParams, z: Tensor) =>
      jvp((w: Tensor) => network(withLast(p, w), z), [weight], [weight])[1];
    expect(along(last)).toBe(1);
  });
});

it("slices that share a sample share its slope", () => {
  const f = (x: Tensor, v: Tensor) =>
    vmap((u: Tensor) => jvp((z: Tensor) => s(z, ...parameters), [x], [u])[1])(v);
  const names = traced(f as never, row, zeros([5, 4, 2])).equations.map(
    ({ primitive, outputs }) => `${primitive.name} ${outputs[0]!.shape}`,
  );
  expect(names).toContain("activation 4,3");
  expect(names).toContain("denseTangent 20,3");
  expect(names).not.toContain("activation 20,3");
});

describe("fusing keeps the meaning", () => {
  const sizes = [2, 3, 4, 2];
  const { exact, engine } = testNetwork(sizes, "silu");
  const x = inDouble(rows(63, 3, 2));
  const v = inDouble(rows(64, 3, 2));
  it.each(["sliced", "reduced", "implicit", "denoising"])("of the gradient of %s", (name) => {
    const of = (score: Parameters<typeof sliced>[0]) => (p: Tree) => {
      const objective = {
        sliced: () => sliced(score),
        reduced: () => sliced(score, { reduced: true }),
        implicit: () => implicit(score),
        denoising: () => denoising(score, { noise: gaussian(0.5) }),
      }[name]!();
      return grad((q: Tree) => mean(objective.perSample(q, x, { v, delta: v })))(p);
    };
    const fused = checkGraph(
      fuseNetwork(optimise(trace(of(deviceMlp({ activation: "silu" })))(exact as Tree))),
    );
    const names = fused.equations.map(({ primitive }) => primitive.name);
    expect(
      names.some((one) => one === "denseBackwardCurved" || one === "denseBackwardHidden"),
    ).toBe(true);
    const got = evaluate(fused, [exact as Tree]) as Tree;
    expect(errorOf(got, judged(of(engine.score as never), [exact as Tree]))).toBeLessThan(
      4 * 2 ** -53,
    );
  });

  const square = [zeros([3, 3]), zeros([3, 3]), zeros([3, 3]), zeros([3, 3])];
  const slope = { activation: "tanh", order: 1 } as const;
  const namesOf = (f: (y: Tensor, W: Tensor, a: Tensor, b: Tensor) => unknown): string[] =>
    fuseNetwork(traced(f as never, ...square)).equations.map(({ primitive }) => primitive.name);

  it("an intermediate that something else reads stays", () => {
    const names = namesOf((y, W, a) => {
      const t = denseBackwardInput(y, W);
      return [scaleByDerivative(a, t, slope), t];
    });
    expect(names).toEqual(["denseBackwardInput", "scaleByDerivative"]);
    const twice = namesOf((x, y, c) => {
      const w = denseBackwardWeight(x, y);
      return [add(w, c), w];
    });
    expect(twice).toEqual(["denseBackwardWeight", "add"]);
  });

  it("slopes and curvatures go together only where they are of one place and one activation", () => {
    const both = (order: readonly ["tanh" | "silu", boolean]) =>
      namesOf((y, W, a, b) => {
        const [activation, isSame] = order;
        const bent = { activation, order: 2 } as const;
        const sloped = scaleByDerivative(a, denseBackwardInput(y, W), slope);
        return add(scaleByDerivative(isSame ? a : b, b, bent), sloped);
      });
    expect(both(["tanh", true])).toEqual(["denseBackwardCurved"]);
    const apart = ["denseBackwardHidden", "scaleByDerivative", "add"];
    expect(both(["tanh", false])).toEqual(apart);
    expect(both(["silu", true])).toEqual(apart);
  });
});

it("a graph is stored and read back with the family's primitives", () => {
  const graph = traced(slicedGradient as never, row, direction, ...parameters);
  const restored = fromJSON(JSON.parse(JSON.stringify(toJSON(graph))), networkPrimitives);
  expect(print(restored)).toBe(print(graph));
});
