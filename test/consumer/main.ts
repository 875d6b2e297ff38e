/**
 * A program such as a user would write, with types, for scripts/pack-check.mjs: it is compiled and run
 * where only the packed packages are installed.
 */
import { add, grad, matmul, mul, random, sin, type Tensor, tensor } from "@cotangent/autodiff";
import * as functions from "@cotangent/autodiff/functions";
import { denoising, gaussian, mlp } from "@cotangent/losses";
import { langevin } from "@cotangent/sampling";
import { adam, fit } from "@cotangent/training";

const slope: Tensor = grad((x: Tensor) => mul(x, sin(x)))(tensor(1));
const same: Tensor = functions.grad((x: Tensor) => x.mul(x.sin()))(tensor(1));
const product: number[] = matmul(tensor([1, 2]), tensor([3, 4]))
  .add(1)
  .toArray() as number[];
console.log(slope.item().toFixed(6), same.item().toFixed(6), product);

const network = mlp({ sizes: [2, 8, 2], activation: "tanh" });
const data = random.normal(random.key(1), [64, 2]);
const { params, history } = fit({
  objective: denoising(network.score, { noise: gaussian(0.5) }),
  params: network.init(random.key(2)),
  data,
  optimiser: adam({ learningRate: 0.01 }),
  seed: 3,
  steps: 5,
  batchSize: 32,
});
const sampler = langevin((x) => network.score(params, x), { steps: 3, stepSize: 0.01 });
const samples: Tensor = sampler(add(data, 0), random.key(4));
console.log(typeof history, samples.shape);
