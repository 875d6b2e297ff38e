// Compiled functions in the browser against the interpreter there: cases of every primitive, and whole
// training steps.
import { mean, random, type Tensor, type Tree, tree, valueAndGrad } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { denoising, gaussian, implicit, mlp, type Objective, sliced } from "@cotangent/losses";
import { caseEntries } from "../../../packages/autodiff/test/cases.ts";

/** What differs, each a sentence; empty when nothing does. */
export type Differences = string[];

/** Every case of every primitive, compiled, to a relative error of 1e-13 of the largest number. */
export function primitives(): Differences {
  return caseEntries.flatMap(([name, cases]) =>
    cases.flatMap(({ name: what, run, inputs }) => {
      const difference = distance([compile(run)(...inputs)], [run(...inputs)]);
      const tolerance = inputs.some(({ dtype }) => dtype === "f32") ? 1e-6 : 1e-13;
      return difference <= tolerance ? [] : [`${name}, ${what}: ${difference}`];
    }),
  );
}

/** One step of each objective: value and all gradients, in f64 and in f32. */
export async function steps(threads: number): Promise<Differences> {
  const sizes = [5, 64, 64, 5];
  const network = mlp({ sizes });
  const objectives: Objective[] = [
    denoising(network.score, { noise: gaussian(0.5) }),
    sliced(network.score, { projections: 2 }),
    implicit(network.score),
    implicit(network.score, { useContraction: false }),
  ];
  const differences: Differences = [];
  for (const dtype of ["f64", "f32"] as const) {
    const params = network.init(random.key(1), { dtype });
    const x = random.normal(random.key(2), [256, 5], { dtype });
    for (const objective of objectives) {
      const f = meanAndGradients(objective);
      const step = compile(f, { dtype, threads });
      const expected = tree.flatten(f(params, x, random.key(3))).leaves;
      // The first call cannot wait for workers, which start while the page is idle; the second has them.
      for (const call of ["first", "second"]) {
        const actual = tree.flatten(step(params, x, random.key(3))).leaves;
        const difference = distance(actual, expected);
        const tolerance = dtype === "f64" ? 1e-12 : 1e-4;
        if (difference > tolerance)
          differences.push(`${objective.name}, ${dtype}, ${call} call: ${difference}`);
        await idle();
      }
    }
  }
  return differences;
}

/** Long enough for workers to start. */
const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));

const meanAndGradients = (objective: Objective) =>
  valueAndGrad((p: Tree, x: Tensor, key: Tensor) =>
    mean(objective.perSample(p, x, objective.draw(key, x))),
  );

/** The same step on one thread and on `threads`: equal to the bit, or a sentence. */
export async function sameForAnyThreads(threads: number): Promise<Differences> {
  const network = mlp({ sizes: [16, 256, 256, 16] });
  const params = network.init(random.key(1), { dtype: "f32" });
  const x = random.normal(random.key(2), [512, 16], { dtype: "f32" });
  const f = meanAndGradients(sliced(network.score));
  const differences: Differences = [];
  const run = async (count: number): Promise<Tensor[]> => {
    const step = compile(f, { dtype: "f32", threads: count, reuseResults: count > 1 });
    step(params, x, random.key(3));
    await idle();
    const results = tree.flatten(step(params, x, random.key(3))).leaves;
    const { threads: working } = step.stats();
    if (working !== count) differences.push(`expected ${count} threads at work, got ${working}`);
    return results;
  };
  const [one, many] = [await run(1), await run(threads)];
  for (const [i, { data }] of one.entries())
    if (!data.every((value, k) => Object.is(value, many[i]!.data[k])))
      differences.push(`result ${i} differs`);
  return differences;
}

/** max over arrays of max |aᵢ − bᵢ| / max |b|; Infinity where one is NaN or infinite and the other not. */
function distance(actual: readonly Tensor[], expected: readonly Tensor[]): number {
  return Math.max(
    ...expected.map((b, i) => {
      const a = actual[i]!;
      if (a.shape.join() !== b.shape.join() || a.dtype !== b.dtype) return Number.POSITIVE_INFINITY;
      const finite = Array.from(b.data, (value) => Math.abs(Number(value))).filter(Number.isFinite);
      const scale = Math.max(...finite, Number.MIN_VALUE);
      return Math.max(
        0,
        ...Array.from(b.data, (value, k) => apart(Number(a.data[k]), Number(value)) / scale),
      );
    }),
  );
}

function apart(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}
