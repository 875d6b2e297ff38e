import {
  add,
  evaluate,
  matmul,
  mean,
  random,
  square,
  sub,
  type Tensor,
  type Tree,
  tanh,
  tensor,
  trace,
  tree,
} from "@cotangent/autodiff";
import { adam, cosine, type Trainable, warmup } from "@cotangent/training";
import { expect, test } from "vitest";
import { initialState, trainingStep } from "../src/training-step.ts";

/** A denoising regression: draws noise from its key, as objectives do. */
const objective: Trainable = {
  name: "noisy regression",
  mean(params, x, key) {
    const { weight, bias } = params as { weight: Tensor; bias: Tensor };
    const noise = random.normal(key, x.shape, { dtype: x.dtype as "f32" | "f64" });
    return mean(square(sub(tanh(add(matmul(add(x, noise), weight), bias)), x)));
  },
};

const optimiser = adam({
  learningRate: 0.01,
  clipNorm: 1,
  weightDecay: 0.1,
  schedule: warmup({ steps: 10, after: cosine({ steps: 90 }) }),
});

function setup(dtype: "f32" | "f64") {
  const params = {
    weight: random.normal(random.key(1), [2, 2], { dtype }),
    bias: tensor([0, 0], { dtype }),
  };
  const options = { objective, optimiser, ema: 0.9 };
  const batch = random.normal(random.key(2), [8, 2], { dtype });
  return { step: trainingStep(options), state: initialState(params, options), batch };
}

test("a training step can be traced, and the graph computes the same bits", () => {
  for (const dtype of ["f32", "f64"] as const) {
    const { step, state, batch } = setup(dtype);
    const args = [state as unknown as Tree, batch, random.key(3)] as const;
    const graph = trace(step)(...args);
    const eager = tree.leaves(step(...args)) as Tensor[];
    const traced = tree.leaves(evaluate(graph, args)) as Tensor[];
    expect(traced.map((x) => x.toArray())).toEqual(eager.map((x) => x.toArray()));
  }
});

test("a step in f32 computes in f32 throughout, and hands back a state like the one it took", () => {
  const { step, state, batch } = setup("f32");
  const graph = trace(step)(state as unknown as Tree, batch, random.key(3));
  const wide = graph.equations.filter(({ outputs }) =>
    outputs.some(({ dtype }) => dtype === "f64"),
  );
  expect(wide.map(({ primitive }) => primitive.name)).toEqual([]);
  const [next] = step(state as unknown as Tree, batch, random.key(3)) as [Tree, Tensor];
  const spec = (t: unknown) => (tree.leaves(t) as Tensor[]).map((x) => `${x.dtype}[${x.shape}]`);
  expect(spec(next)).toEqual(spec(state));
});

test("the moving average is δ θ̄ + (1 − δ) θ with δ = min(decay, (1 + t)/(10 + t))", () => {
  const { step, state, batch } = setup("f64");
  let current = state as unknown as Tree;
  let expected = (state.params as { bias: Tensor }).bias.toArray() as number[];
  for (let t = 0; t < 120; t += 1) {
    [current] = step(current, batch, random.foldIn(random.key(3), t)) as [Tree, Tensor];
    const { params, ema } = current as unknown as {
      params: { bias: Tensor };
      ema: { bias: Tensor };
    };
    const δ = Math.min(0.9, (1 + t) / (10 + t));
    const θ = params.bias.toArray() as number[];
    expected = expected.map((old, i) => δ * old + (1 - δ) * (θ[i] as number));
    (ema.bias.toArray() as number[]).forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i] as number, 13);
    });
  }
});
