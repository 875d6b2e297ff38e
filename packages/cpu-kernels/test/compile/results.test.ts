// Results that stay where they are computed, and arguments and results that travel while threads compute.
import {
  add,
  grad,
  matmul,
  mul,
  random,
  sum,
  type Tensor,
  tanh,
  tensor,
  tree,
} from "@cotangent/autodiff";
import { type Compiled, compile } from "@cotangent/cpu-kernels";
import { afterAll, describe, expect, test } from "vitest";
import { poolOf } from "../../src/runtime/pool.ts";

type Weights = readonly Tensor[];

const layers = (weights: Weights, x: Tensor): Tensor =>
  weights.reduce((y, w) => tanh(matmul(y, w)), x);
const loss = (weights: Weights, x: Tensor): Tensor => sum(mul(layers(weights, x), x));
const slopes = grad(loss as never) as unknown as typeof layers;
/** One step downhill; backwards, so that results whose memory is needed early are arguments that are read late. */
const descend = (weights: Weights, x: Tensor): Tensor[] => {
  const gradients = slopes(weights, x) as unknown as Weights;
  return weights.map((w, i) => add(w, mul(-0.01, gradients[i]!))).reverse();
};
const weights = [1, 2, 3, 4].map((seed) => random.normal(random.key(seed), [70, 70]).mul(0.1));
const x = random.normal(random.key(5), [70, 70]);

/** Calls until all threads take part. */
async function settled(step: Compiled, call: () => unknown, threads: number): Promise<void> {
  call();
  for (let i = 0; i < 500 && step.stats().threads < threads; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    call();
  }
  expect(step.stats().threads).toBe(threads);
}

afterAll(() => poolOf(0).end("the tests are over"));

describe.each([1, 2])("with %i threads", (threads) => {
  test.each([false, true])(
    "a descent whose arguments are its last results (reused: %s) is that of the interpreter",
    async (reuseResults) => {
      const step = compile(descend, { threads, reuseResults });
      await settled(step, () => step(weights, x), threads);
      let [own, want]: [Weights, Weights] = [weights, weights];
      for (let i = 0; i < 25; i++) [own, want] = [step(own, x), descend(want, x)];
      own.forEach((w, i) => {
        const error = sum(mul(w.sub(want[i]!), w.sub(want[i]!))).item();
        expect(error).toBeLessThan(1e-20);
      });
    },
  );
});

describe("results that are reused", () => {
  test("are the same tensors at every call, with new values in them", () => {
    const step = compile((y: Tensor) => ({ twice: mul(2, y), total: [sum(y)] }), {
      reuseResults: true,
    });
    const first = step(tensor([1, 2]));
    expect(tree.leaves(first).map((y) => y.toArray())).toEqual([3, [2, 4]]);
    const second = step(tensor([3, 5]));
    expect(second.twice).toBe(first.twice);
    expect(second.total[0]).toBe(first.total[0]);
    expect(tree.leaves(first).map((y) => y.toArray())).toEqual([8, [6, 10]]);
  });
  test("belong to one signature", () => {
    const step = compile((y: Tensor) => mul(2, y), { reuseResults: true });
    const first = step(tensor([1, 2]));
    step(tensor([7, 8, 9]));
    expect(first.toArray()).toEqual([2, 4]);
  });
  test("may be written to: the next call does not see it", () => {
    const ones = tensor([1, 1]);
    const step = compile((y: Tensor) => [y, ones, add(y, ones)] as const, { reuseResults: true });
    const y = tensor([3, 4]);
    for (let i = 0; i < 2; i++) {
      const results = step(y);
      expect(results.map((z) => z.toArray())).toEqual([
        [3, 4],
        [1, 1],
        [4, 5],
      ]);
      for (const z of results) z.data.fill(100);
    }
    expect([y, ones].map((z) => z.toArray())).toEqual([
      [3, 4],
      [1, 1],
    ]);
  });
  test("are no part of a state, which is copied where it is returned again", () => {
    const step = compile(
      (s: Tensor) => {
        const next = mul(2, s);
        return [next, next];
      },
      { state: true, reuseResults: true },
    );
    (step(tensor([1, 2]))[1] as Tensor).data.fill(100);
    expect((step(step.state)[1] as Tensor).toArray()).toEqual([4, 8]);
  });
  test("are those beside a state too", () => {
    const step = compile((s: Tensor, y: Tensor) => [add(s, y), mul(s, y), s] as const, {
      state: true,
      reuseResults: true,
    });
    const [state, product, before] = step(tensor([1, 2]), tensor([10, 20]));
    expect([product, before].map((z) => z.toArray())).toEqual([
      [10, 40],
      [1, 2],
    ]);
    const next = step(state, tensor([1, 1]));
    expect(next[1]).toBe(product);
    expect([product, before].map((z) => z.toArray())).toEqual([
      [11, 22],
      [1, 2],
    ]);
    expect(step.state.read().toArray()).toEqual([12, 23]);
  });
});
