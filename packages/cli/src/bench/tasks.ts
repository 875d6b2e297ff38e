/**
 * What is timed: products C = A B of [n, n], and training steps: the value and the gradients in all
 * parameters of an objective, for the score s: [d, H, H, d] with tanh on a batch of B rows.
 *
 * Everything is in f32, in which training computes.
 */

import { matmul, mean, random, type Tensor, type Tree, valueAndGrad } from "@cotangent/autodiff";
import { type Draws, mlp } from "@cotangent/losses";
import { type ObjectiveName, objectiveOf } from "../objectives.ts";

/** The names that --only takes, in the order in which they run. */
export const parts = ["matmul", "denoising", "sliced", "implicit"] as const;
export type Part = (typeof parts)[number];

/** A function of the engine, and what to call it with. */
export interface Task {
  readonly part: Part;
  readonly name: string;
  /** n of a product; [d, H, B] of a step. */
  readonly sizes: readonly number[];
  readonly f: (...args: Tree[]) => Tree;
  readonly args: readonly Tree[];
}

const productSizes = { quick: [128, 512], full: [128, 256, 512, 1024] };
const stepSizes = {
  quick: [[2, 128, 256]],
  full: [
    [2, 128, 256],
    [10, 128, 256],
    [100, 256, 256],
  ],
} as const;

/** The tasks of some parts. */
export function tasksOf(chosen: readonly Part[], pace: "quick" | "full"): Task[] {
  return chosen.flatMap((part) =>
    part === "matmul"
      ? productSizes[pace].map(productTask)
      : stepSizes[pace].map((sizes) => stepTask(part, sizes)),
  );
}

const normals = (seed: number, shape: readonly number[]): Tensor =>
  random.normal(random.key(seed), shape, { dtype: "f32" });

function productTask(n: number): Task {
  const args = [normals(0, [n, n]), normals(1, [n, n])];
  return { part: "matmul", name: `matmul ${n}`, sizes: [n], f: matmul as Task["f"], args };
}

function stepTask(
  part: Exclude<Part, "matmul"> & ObjectiveName,
  sizes: readonly [d: number, hidden: number, batch: number],
): Task {
  const [d, hidden, batch] = sizes;
  const network = mlp({ sizes: [d, hidden, hidden, d] });
  const settings = { sigma: 0.5, radius: 0.1, projections: 1 };
  const objective = objectiveOf(part, network.score, settings);
  const x = normals(1, [batch, d]);
  // The draws are arguments, so that all engines compute on the same numbers.
  const draws = objective.draw(random.key(2), x);
  const loss = (params: Tree, rows: Tensor, given: Draws): Tensor =>
    mean(objective.perSample(params, rows, given));
  const params = network.init(random.key(0), { dtype: "f32" }) as unknown as Tree;
  const name = `${part} [${sizes.join(",")}]`;
  return { part, name, sizes, f: valueAndGrad(loss) as Task["f"], args: [params, x, draws] };
}
