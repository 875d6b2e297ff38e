/** [28:14] What a step costs as the dimension grows: counted operations, time and memory. */

import {
  eliminateDeadCode,
  random,
  type Tensor,
  type Tree,
  trace,
  valueAndGrad,
} from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { type Draws, type MlpParams, mlp, type Objective } from "@cotangent/losses";
import { type Claim, defineClaim, type LectureContext, type Measured, type Row } from "../claim.ts";
import { exact } from "../estimate.ts";
import { type CostCurve, costFigures } from "../pictures/cost-charts.ts";

const [H, B] = [128, 128];
const dimensions = [2, 5, 10, 20, 50, 100, 200, 400, 1000];

/** Floating-point operations of products [B, in]·[in, out], with L layers d → H → H → d. */
function predictedFlops(d: number): { readonly [name: string]: number } {
  const first = 2 * B * d * H;
  const F = 2 * first + 2 * B * H * H;
  // A pass forward, and backward one product for the weights and one for the input, which the data need not.
  const withGradient = 3 * F - first;
  return {
    forward: F,
    denoising: withGradient,
    sliced: 2 * withGradient,
    "sliced-reduced": 2 * withGradient,
    "implicit, d JVPs": (1 + d) * withGradient,
    "implicit, contraction": withGradient + 3 * (2 * H * H * d + 2 * B * H * H),
  };
}

/** A function to compile or to count, with its arguments. */
interface Step {
  readonly f: (...args: Tree[]) => Tree;
  readonly args: readonly Tree[];
}

/** One step of each objective: loss and all parameter gradients of one batch; and a forward pass. */
function steps({ losses }: LectureContext, d: number): { readonly [name: string]: Step } {
  const { score, init } = mlp({ sizes: [d, H, H, d] });
  const params = init(random.key(0), { dtype: "f32" });
  const x = random.normal(random.key(1), [B, d], { dtype: "f32" });
  const stepOf = (objective: Objective): Step => {
    const loss = (p: Tree, rows: Tree, draws: Tree): Tensor =>
      objective.perSample(p, rows as Tensor, draws as Draws).mean();
    return {
      f: valueAndGrad(loss) as Step["f"],
      args: [params, x, objective.draw(random.key(2), x)],
    };
  };
  return {
    forward: { f: (p, rows) => score(p as MlpParams, rows as Tensor), args: [params, x] },
    denoising: stepOf(losses.denoising(score, { noise: losses.gaussian(0.1) })),
    sliced: stepOf(losses.sliced(score)),
    "sliced-reduced": stepOf(losses.sliced(score, { reduced: true })),
    "implicit, contraction": stepOf(losses.implicit(score)),
    "implicit, d JVPs": stepOf(losses.implicit(score, { useContraction: false })),
  };
}

/** Counts the matrix products of a step's traced graph, 2mnk each. */
function countedFlops({ f, args }: Step): number {
  const { equations } = eliminateDeadCode(trace(f)(...args));
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  return equations
    .filter(({ primitive }) => primitive.name === "matmul")
    .reduce((sum, { inputs, outputs }) => {
      return sum + 2 * size(outputs[0]?.shape ?? []) * (inputs[0]?.shape.at(-1) ?? 0);
    }, 0);
}

/** Milliseconds, the least of the runs since other work only adds to it, and megabytes of a compiled step. */
function timed({ f, args }: Step): { readonly milliseconds: number; readonly megabytes: number } {
  const compiled = compile(f);
  compiled(...args);
  const run = (): number => {
    const start = performance.now();
    compiled(...args);
    return performance.now() - start;
  };
  const warm = run();
  const times = Array.from({ length: Math.max(4, Math.min(200, Math.ceil(150 / warm))) }, run);
  return { milliseconds: Math.min(...times), megabytes: compiled.stats().arenaBytes / 2 ** 20 };
}

async function measure(context: LectureContext): Promise<Measured<readonly CostCurve[]>> {
  const rows: Row[] = [4, 40].flatMap((d) => {
    const predicted = predictedFlops(d);
    return Object.entries(steps(context, d)).map(([name, step]) =>
      exact(`Mflop, d = ${d}, ${name}`, (predicted[name] ?? 0) / 1e6, countedFlops(step) / 1e6),
    );
  });
  const curves = new Map<string, CostCurve["points"][number][]>();
  for (const [i, d] of dimensions.entries()) {
    for (const [name, step] of Object.entries(steps(context, d))) {
      const points = curves.get(name) ?? [];
      curves.set(name, points);
      // d JVPs as far as time and memory allow: a step of half a second is the last.
      if ((points.at(-1)?.milliseconds ?? 0) > 250) continue;
      points.push({ d, ...timed(step) });
      await context.tick(i / dimensions.length);
    }
  }
  return { rows, data: Array.from(curves, ([name, points]) => ({ name, points })) };
}

/** Time per iteration. */
export const costOfAStep: Claim = defineClaim({
  name: "cost",
  time: "28:14",
  title: "Time per iteration",
  statement:
    "By d JVPs the exact objective costs 3(1 + d) forward passes a step, until time or memory runs out; sliced costs 6 " +
    "and denoising 3, whatever d (less one product each for the first layer). For a perceptron with two hidden layers the " +
    "exact trace is a contraction without the factor d. Operations are held to the formula; times are this machine’s.",
  formula: "implicit 3(1 + d)F,   sliced 3(1 + M)F,   denoising 3F",
  measure,
  code: [predictedFlops, steps, countedFlops, timed, measure],
  figures: (curves) => costFigures(curves, dimensions),
});
