// The programs that this package is for: one step of score matching with a small network.
import { random, type Tensor, type Tree, tensor, trace, valueAndGrad } from "@cotangent/autodiff";
import { denoising, gaussian, implicit, mlp, type Objective, sliced } from "@cotangent/losses";
import { adam } from "@cotangent/training";
import { initialState, trainingStep } from "../../../training/src/training-step.ts";
import { optimise, type Program, schedule } from "../../src/index.ts";

const options = { dtype: "f32" } as const;
const key = random.key(1);

/** A network [d, H, H, d] with its parameters, and a batch. */
export function problem(d: number, hidden: number, batch: number) {
  const model = mlp({ sizes: [d, hidden, hidden, d], activation: "tanh" });
  const params = model.init(random.key(0), options) as unknown as Tree;
  const x = random.normal(random.key(2), [batch, d], options);
  const objectives = {
    denoising: denoising(model.score, { noise: gaussian(0.125) }),
    sliced: sliced(model.score),
    implicit: implicit(model.score),
  } as unknown as Record<"denoising" | "sliced" | "implicit", Objective<Tree>>;
  return { params, x, objectives };
}
type Problem = ReturnType<typeof problem>;
type Name = keyof Problem["objectives"];

/** The value and the gradient of an objective in all parameters, with its arguments. */
export function gradientStep({ params, x, objectives }: Problem, name: Name) {
  const f = (q: Tree, at: Tensor, k: Tensor): Tree =>
    valueAndGrad((p: Tree) => objectives[name].mean(p, at, k))(q) as unknown as Tree;
  return { f, args: [params, x, key] as const };
}

/** One step of Adam with a moving average: all the state in, all the state out. */
export function adamStep({ params, x, objectives }: Problem, name: Name, clipNorm?: number) {
  const optimiser = adam({ learningRate: 0.001, ...(clipNorm ? { clipNorm } : {}) });
  const given = { objective: objectives[name], optimiser, ema: 0.99 } as never;
  const state = initialState(params, given) as unknown as Tree;
  return { f: trainingStep(given), args: [state, x, key] as const };
}

export const graphOf = ({ f, args }: { f: (...args: never[]) => Tree; args: readonly Tree[] }) =>
  trace(f as (...args: Tree[]) => Tree)(...args);
export const programOf = (step: Parameters<typeof graphOf>[0]): Program =>
  schedule(optimise(graphOf(step)));
export const names = ({ kernels }: Program): string =>
  kernels
    .map((kernel) => (kernel.kind === "equation" ? kernel.equation.primitive.name : kernel.kind))
    .join(" ");
export { tensor };
