// A step whose state is kept between calls gives what the plain loop gives; and a whole training step.
import {
  add,
  grad,
  mul,
  random,
  square,
  sub,
  sum,
  type Tensor,
  type Tree,
  tensor,
  tree,
} from "@cotangent/autodiff";
import { denoising, gaussian, implicit, mlp, sliced } from "@cotangent/losses";
import { adam } from "@cotangent/training";
import { afterAll, describe, expect, test } from "vitest";
import { initialState, trainingStep } from "../../../training/src/training-step.ts";
import { compile } from "../../src/compile/index.ts";
import type { Device } from "../../src/index.ts";
import { openBackends } from "../support/backends.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});
const { device } = tested[0]!;

interface Training {
  readonly w: Tensor;
  readonly momentum: { readonly m: Tensor };
  readonly steps: Tensor;
}
const initial: Training = {
  w: tensor([1, -2, 3]),
  momentum: { m: tensor([0, 0, 0]) },
  steps: tensor(0, { dtype: "u32" }),
};
const loss = (w: Tensor, x: Tensor) => mul(0.5, sum(square(sub(w, x))));
const train = ({ w, momentum, steps }: Training, x: Tensor) => {
  const m = add(mul(0.9, momentum.m), grad((v: Tensor) => loss(v, x))(w));
  const next: Training = { w: sub(w, mul(0.1, m)), momentum: { m }, steps: add(steps, 1) };
  return [next, loss(w, x)] as const;
};
const batch = (i: number) => tensor([0, 1, 2].map((k) => Math.sin(i + k)));

describe("state: true", () => {
  test("gives the losses and the state of the plain loop, for any way of passing it on", async () => {
    const step = compile(device, train, { state: true });
    let plain = initial;
    let [state, value] = await step(initial, batch(0));
    for (let i = 0; i < 12; i++) {
      const [next, expected] = train(plain, batch(i));
      plain = next;
      expect(value.item()).toBeCloseTo(expected.item(), 4);
      if (i < 11) [state, value] = await step(i % 2 ? state : step.state, batch(i + 1));
    }
    expect(state).toBe(step.state);
    const { w, steps } = step.state.read();
    expect([steps.dtype, steps.item(), w.dtype]).toEqual(["u32", 12, "f32"]);
    w.data.forEach((each, i) => {
      expect(each).toBeCloseTo(plain.w.data[i]!, 5);
    });
  });
  test("calls that do not wait for each other take turns", async () => {
    const count = compile(device, (s: Tensor, by: Tensor) => [add(s, by), s] as const, {
      state: true,
    });
    const one = tensor(1);
    const calls = [count(tensor(10), one), count(count.state, one), count(count.state, one)];
    one.data[0] = 100;
    const before = (await Promise.all(calls)).map(([, s]) => s.item());
    expect(before).toEqual([10, 11, 12]);
    expect(count.state.read().item()).toBe(13);
  });
  test("read gives a copy, write replaces, a tree starts anew", async () => {
    const step = compile(device, train, { state: true });
    step.state.write(initial);
    const [, first] = await step(step.state, batch(0));
    const before = step.state.read();
    before.w.data.fill(50);
    expect(step.state.read().w.data[0]).not.toBe(50);
    const kept = step.state.read();
    const second = (await step(step.state, batch(1)))[1].item();
    step.state.write(kept);
    expect((await step(step.state, batch(1)))[1].item()).toBe(second);
    expect((await step(initial, batch(0)))[1].item()).toBe(first.item());
    expect([...initial.w.data]).toEqual([1, -2, 3]);
  });
  test("an error leaves the state of the call before, and later calls go on from it", async () => {
    const step = compile(
      device,
      (s: Tensor, i: Tensor) => [add(s, 1), s.reshape([2]).gather(i)] as const,
      {
        state: true,
      },
    );
    const at = (i: number) => tensor(Int32Array.of(i));
    await step(tensor([1, 2]), at(0));
    const [wrong, right] = [step(step.state, at(2)), step(step.state, at(1))];
    await expect(wrong).rejects.toThrow(/index 2/);
    expect((await right)[1].toArray()).toEqual([3]);
    expect(step.state.read().toArray()).toEqual([3, 4]);
  });
  test("a state that another call would replace cannot be written", async () => {
    const step = compile(device, (s: Tensor) => [add(s, 1)] as const, { state: true });
    const call = step(tensor(1));
    expect(() => step.state.write(tensor(2))).toThrow(/1 calls of the step are under way/);
    await call;
    step.state.write(tensor(2));
    await step(step.state);
    expect(step.state.read().item()).toBe(3);
  });
});

describe.each(tested.map((backend) => [backend.name, backend] as const))(
  "on %s",
  (_name, { device: on, tolerance }) => {
    const model = mlp({ sizes: [2, 8, 8, 2], activation: "tanh" });
    const objectives = {
      denoising: denoising(model.score, { noise: gaussian(0.25) }),
      sliced: sliced(model.score),
      implicit: implicit(model.score),
    };
    test.each(Object.entries(objectives))(
      "three steps of Adam on %s are the interpreter's",
      async (_objective, objective) => {
        const options = {
          objective,
          optimiser: adam({ learningRate: 0.01, clipNorm: 1 }),
          ema: 0.99,
        } as never;
        const params = model.init(random.key(0), { dtype: "f32" }) as unknown as Tree;
        const x = random.normal(random.key(2), [16, 2], { dtype: "f32" });
        const plain = trainingStep(options);
        const compiled = compile(on, plain as (state: Tree, x: Tree, key: Tree) => [Tree, Tensor], {
          state: true,
        });
        const start = initialState(params, options) as unknown as Tree;
        compiled.state.write(start);
        let state = start;
        for (let i = 0; i < 3; i++) {
          const key = random.foldIn(random.key(5), i);
          const [, value] = await compiled(compiled.state, x, key);
          const [next, expected] = plain(state, x, key) as unknown as [Tree, Tensor];
          state = next;
          expect(Math.abs(value.item() - expected.item())).toBeLessThan(100 * tolerance);
        }
        const [got, want] = [tree.leaves(compiled.state.read()), tree.leaves(state)];
        got.forEach((y, i) => {
          expect(y.dtype).toBe(want[i]!.dtype);
          y.data.forEach((each, j) => {
            // Adam divides by the root of the second moment: errors of small gradients weigh as much as large ones.
            expect(Math.abs(each - want[i]!.data[j]!)).toBeLessThan(300 * tolerance);
          });
        });
        await compiled.destroy();
      },
    );
  },
);

test.each(tested)(
  "on $name calls that were made before destroy finish and are freed, later ones are refused",
  async (backend) => {
    let [made, freed] = [0, 0];
    const watched: Device = {
      ...backend.device,
      pipeline(name, inputs, record) {
        const pipeline = backend.device.pipeline(name, inputs, record);
        made++;
        const destroy = async (): Promise<void> => {
          freed++;
          await pipeline.destroy();
        };
        return { ...pipeline, destroy };
      },
    };
    const step = compile(watched, (s: Tensor, x: Tensor) => [add(s, x), sum(s)] as const, {
      state: true,
    });
    step.state.write(tensor([1, 2]));
    const x = tensor([10, 20]);
    const [first, second] = [step(step.state, x), step(step.state, x)];
    const over = step.destroy();
    expect((await first)[1].item()).toBe(3);
    expect((await second)[1].item()).toBe(33);
    await over;
    expect([made, freed]).toEqual([1, 1]);
    expect(() => step(step.state, x)).toThrow("the compiled function is destroyed");
  },
);
