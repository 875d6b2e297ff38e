// Every objective and every noise with its gradient, drawn within the compiled function from a key.
import { random, type Tensor, type Tree, tensor, tree, valueAndGrad } from "@cotangent/autodiff";
import {
  conditionalMlp,
  denoising,
  finiteDifference,
  gaussian,
  gaussianDirections,
  gaussianFull,
  gaussianLadder,
  implicit,
  laplace,
  logistic,
  mlp,
  type Objective,
  orthogonal,
  sliced,
  sphere,
  studentT,
} from "@cotangent/losses";
import { afterAll, expect, test } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { openDevice } from "../../src/index.ts";

const device = await openDevice({ mode: "cpu" });
afterAll(() => device.destroy());

const covariance = tensor([
  [2, 0.6, 0],
  [0.6, 1, -0.3],
  [0, -0.3, 0.5],
]);
const plain = mlp({ sizes: [3, 6, 3], activation: "silu" });
const conditional = conditionalMlp({ sizes: [3, 6, 3], activation: "tanh" });
const { score } = plain;
const objectives: Record<string, Objective<never>> = {
  "implicit by contraction": implicit(score),
  "implicit by directions": implicit(score, { useContraction: false }),
  "sliced, three projections": sliced(score, { projections: 3 }),
  "sliced reduced, Gaussian": sliced(score, { distribution: gaussianDirections, reduced: true }),
  "sliced, sphere": sliced(score, { distribution: sphere }),
  "sliced, orthogonal": sliced(score, { distribution: orthogonal, projections: 2 }),
  "finite differences": finiteDifference(score, { radius: 0.1 }),
  "denoising, Gaussian": denoising(score, { noise: gaussian(0.5) }),
  "denoising, control variate": denoising(score, { noise: gaussian(0.5), controlVariate: true }),
  "denoising, full covariance": denoising(score, { noise: gaussianFull(covariance) }),
  "denoising, Laplace": denoising(score, { noise: laplace(0.5) }),
  "denoising, logistic": denoising(score, { noise: logistic(0.5) }),
  "denoising, Student": denoising(score, { noise: studentT(5, 0.5) }),
  "denoising, ladder": denoising(conditional.score, {
    noise: gaussianLadder({ from: 1, to: 0.1, levels: 5 }),
  }),
};

test.each(Object.entries(objectives))("%s is the interpreter's", async (name, objective) => {
  const model = name.includes("ladder") ? conditional : plain;
  const params = model.init(random.key(0), { dtype: "f32" }) as unknown as Tree;
  const x = random.normal(random.key(2), [16, 3], { dtype: "f32" });
  const f = (q: Tree, at: Tree, key: Tree) =>
    valueAndGrad((p: Tree) => objective.mean(p as never, at as Tensor, key as Tensor))(
      q,
    ) as unknown as Tree;
  const step = compile(device, f);
  const key = random.key(5);
  const [got, want] = [tree.leaves(await step(params, x, key)), tree.leaves(f(params, x, key))];
  await step.destroy();
  for (const [i, { data }] of want.entries()) {
    const scale = Math.max(...data.map(Math.abs), 1e-3);
    data.forEach((value, j) => {
      // The interpreter's own rounding in f32 is as large.
      expect(Math.abs(got[i]!.data[j]! - value) / scale).toBeLessThan(1e-5);
    });
  }
});
