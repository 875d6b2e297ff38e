// Results that stay where they are computed, and arguments and results that travel while threads compute.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  add,
  gather,
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
import { settled } from "../support/settled.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

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

describe("what is read while threads compute", () => {
  /** Reads `late` in a section after one that threads share. */
  const readsLate = (i: Tensor, y: Tensor, late: Tensor): Tensor[] => {
    const picked = gather(y, i);
    const product = tanh(matmul(matmul(y, y), y));
    return [picked, sum(mul(product.reshape([-1]), late))];
  };
  const i = tensor([1], { dtype: "i32" });
  const late = random.normal(random.key(6), [4900]);

  test("is not what a call that failed had been given", async () => {
    const step = compile(readsLate, { threads: 2 });
    await settled(step, () => step(i, x, late), 2);
    const wrong = tensor([70], { dtype: "i32" });
    expect(() => step(wrong, x, late.mul(2))).toThrow("index 70");
    const [, want] = readsLate(i, x, late);
    expect(step(i, x, late.data as never)[1]!.item()).toBeCloseTo(want!.item(), 10);
  });
  test("nor where a result that is reused comes next", async () => {
    const withNext = (at: Tensor, y: Tensor, z: Tensor) => [...readsLate(at, y, z), mul(2, z)];
    const step = compile(withNext, { threads: 2, reuseResults: true });
    await settled(step, () => step(i, x, late), 2);
    const twice = step(i, x, late)[2]!;
    const [, want] = withNext(i, x, late.mul(2));
    expect(() => step(tensor([70], { dtype: "i32" }), x, late.mul(5))).toThrow("index 70");
    twice.data.set(late.mul(2).data);
    expect(step(i, x, twice)[1]!.item()).toBeCloseTo(want!.item(), 10);
  });
  test("is no state: that is there as soon as it is written, as a copy", async () => {
    const step = compile(
      (state: Tensor, y: Tensor) => {
        const product = matmul(matmul(y, y), y).reshape([-1]);
        return [state.mul(product.abs().greater(-1).astype("f64")).mul(2), sum(product)] as const;
      },
      { threads: 2, state: true },
    );
    step(late, x);
    await settled(step as unknown as Compiled, () => step(step.state, x), 2);
    const written = late.mul(3);
    step.state.write(written);
    const kept = written.data[7]!;
    expect(step.state.read().data[7]).toBe(kept);
    written.data[7] = 0;
    expect(step.state.read().data[7]).toBe(kept);
    step(step.state, x);
    expect(step.state.read().data[7]).toBe(2 * kept);
  });
});

describe("results that are done early", () => {
  /** What each layer gives: the first while there is work for threads still. */
  const each = (all: Weights, y: Tensor): Tensor[] =>
    all.map((_, i) => layers(all.slice(0, i + 1), y));

  test.each([false, true])(
    "are those of one thread, in the same tensors if reused: %s",
    async (reuseResults) => {
      const alone = compile(each);
      const step = compile(each, { threads: 2, reuseResults });
      await settled(step, () => step(weights, x), 2);
      const before = step(weights, x);
      for (const y of [x, x.mul(2), x.neg()]) {
        const results = step(weights, y);
        const want = alone(weights, y);
        results.forEach((result, i) => {
          expect(result === before[i]).toBe(reuseResults);
          expect(result.data).toEqual(want[i]!.data);
        });
      }
    },
  );
  test("are kept by none but their holder", async () => {
    const step = compile(each, { threads: 2 });
    await settled(step, () => step(weights, x), 2);
    const held = step(weights, x).map((result) => new WeakRef(result));
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
    expect(held.map((ref) => ref.deref())).toEqual(held.map(() => undefined));
  });
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
  test("are kept by measuring, beside a state that is replaced", () => {
    const step = compile((s: Tensor, y: Tensor) => [add(s, y), mul(s, 10), s] as const, {
      state: true,
      reuseResults: true,
    });
    const [, product] = step(tensor([1, 2]), tensor([3, 3]));
    step.stats({ measure: 3 });
    expect(product.toArray()).toEqual([10, 20]);
    expect(step.state.read().toArray()).toEqual([4, 5]);
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
