import {
  evaluate,
  grad,
  mul,
  square,
  sum,
  type Tensor,
  type Tree,
  tensor,
  trace,
} from "@cotangent/autodiff";
import {
  adam,
  clipByGlobalNorm,
  exponential,
  globalNorm,
  type Optimiser,
  sgd,
} from "@cotangent/training";
import { expect, test } from "vitest";

/** The scalar parameter after each of the given gradients, from `start`. */
function follow(optimiser: Optimiser, start: number, gradients: readonly number[]): number[] {
  let params: Tree = tensor(start);
  let state = optimiser.init(params);
  return gradients.map((g, step) => {
    ({ params, state } = optimiser.update(params, tensor(g), state, step));
    return (params as Tensor).item();
  });
}

/** The parameter along descent on ½ a p², from p = 1. */
function onQuadratic(optimiser: Optimiser, a: number, steps: number): number[] {
  let params: Tree = tensor(1);
  let state = optimiser.init(params);
  const gradient = grad((p: Tensor) => mul(a / 2, square(p)));
  return Array.from({ length: steps }, (_, step) => {
    const grads = gradient(params as Tensor) as Tree;
    ({ params, state } = optimiser.update(params, grads, state, step));
    return (params as Tensor).item();
  });
}

const close = (got: readonly number[], expected: readonly number[], tolerance = 1e-14) => {
  expect(got).toHaveLength(expected.length);
  got.forEach((x, i) => {
    expect(Math.abs(x - (expected[i] as number)), `entry ${i}: ${x}`).toBeLessThan(tolerance);
  });
};

const counts = Array.from({ length: 12 }, (_, i) => i + 1);

test("sgd on the quadratic ½ a p² contracts by 1 − ηa a step", () => {
  const a = 3;
  close(
    onQuadratic(sgd({ learningRate: 0.1 }), a, 12),
    counts.map((t) => 0.7 ** t),
  );
});

test("sgd with momentum at critical damping, ηa = (1 − √μ)², follows (1 + ct)√μᵗ", () => {
  // p_{t+1} = (1 + μ − ηa) p_t − μ p_{t−1} has the double root √μ = ½; p₁ = ¾ gives c = ½.
  close(
    onQuadratic(sgd({ learningRate: 0.25, momentum: 0.25 }), 1, 12),
    counts.map((t) => (1 + t / 2) * 0.5 ** t),
  );
});

test("sgd with momentum adds up gradients as computed by hand", () => {
  // v = 1, ½·1 − 2 = −1.5, ½·(−1.5) + 0 = −.75
  expect(follow(sgd({ learningRate: 1, momentum: 0.5 }), 10, [1, -2, 0])).toEqual([9, 10.5, 11.25]);
});

test("adam's first step is the learning rate times the sign of the gradient", () => {
  for (const g of [1e-3, -1, 1e4]) {
    const [p] = follow(adam({ learningRate: 0.1 }), 2, [g]);
    expect(p).toBeCloseTo(2 - 0.1 * Math.sign(g), 5);
  }
});

test("adam corrects its bias: under a constant gradient every step is η|g|/(|g| + ε)", () => {
  const g = -0.25;
  const epsilon = 0.01;
  const step = (0.1 * 0.25) / (0.25 + epsilon);
  close(
    follow(
      adam({ learningRate: 0.1, epsilon }),
      0,
      counts.map(() => g),
    ),
    counts.map((t) => t * step),
    1e-12,
  );
});

test("adam follows a sequence computed by hand", () => {
  // β₁ = β₂ = ½: m̂ = 1, −1, −3/7 and v̂ = 1, 3, 9/7, so the steps are −1, +1/√3, +1/√7.
  const optimiser = adam({ learningRate: 1, beta1: 0.5, beta2: 0.5, epsilon: 1e-300 });
  const first = 10 - 1;
  const second = first + 1 / Math.sqrt(3);
  const third = second + 1 / Math.sqrt(7);
  close(follow(optimiser, 10, [1, -2, 0]), [first, second, third]);
});

test("adam's decoupled weight decay shrinks a parameter without gradient by 1 − ηλ a step", () => {
  const optimiser = adam({ learningRate: 0.1, weightDecay: 0.5 });
  close(
    follow(
      optimiser,
      3,
      counts.map(() => 0),
    ),
    counts.map((t) => 3 * 0.95 ** t),
  );
});

test("adam without weight decay does not move a parameter whose gradient is zero", () => {
  expect(follow(adam({ learningRate: 0.1 }), 3, [0, 0])).toEqual([3, 3]);
});

test("a schedule multiplies the learning rate of the step it is given", () => {
  const schedule = exponential({ rate: 0.5 });
  expect(follow(sgd({ learningRate: 1, schedule }), 0, [1, 1, 1])).toEqual([-1, -1.5, -1.75]);
  close(
    follow(adam({ learningRate: 1, epsilon: 1e-300, schedule }), 0, [1, 1, 1]),
    [-1, -1.5, -1.75],
    1e-12,
  );
});

test("clipping scales all leaves by one factor, so that the global norm is at most the limit", () => {
  const grads = { a: tensor([3, 0]), b: [tensor([[4]])] };
  expect(globalNorm(grads).item()).toBe(5);
  const clipped = clipByGlobalNorm(grads, 1) as typeof grads;
  expect(clipped.a.toArray()).toEqual([0.6000000000000001, 0]);
  expect(clipped.b[0]?.toArray()).toEqual([[0.8]]);
  expect((clipByGlobalNorm(grads, 5) as typeof grads).a.toArray()).toEqual([3, 0]);
  expect((clipByGlobalNorm({ a: tensor([0, 0]) }, 1) as typeof grads).a.toArray()).toEqual([0, 0]);
});

test.each([
  ["whose squares overflow", [3e25, 4e25], [0.6, 0.8]],
  ["whose norm overflows too", [3e38, -3e38], [Math.SQRT1_2, -Math.SQRT1_2]],
  ["whose squares underflow", [3e-25, 4e-25], [3e-25, 4e-25]],
])("clipping keeps the direction of f32 gradients %s", (_, values, expected) => {
  const grads = tensor(values, { dtype: "f32" });
  const clip = (g: Tree) => clipByGlobalNorm(g, 1);
  for (const clipped of [clip(grads), evaluate(trace(clip)(grads), [grads])] as Tensor[]) {
    expect(clipped.dtype).toBe("f32");
    clipped.data.forEach((x, i) => {
      expect(Number(x) / (expected[i] as number)).toBeCloseTo(1, 5);
    });
  }
});

test("clipping keeps a gradient that is not finite from passing as zero", () => {
  const clipped = clipByGlobalNorm(tensor([Number.NaN, 1]), 1) as Tensor;
  expect(clipped.data[0]).toBeNaN();
  const infinite = clipByGlobalNorm(tensor([Number.POSITIVE_INFINITY, 1]), 1) as Tensor;
  expect(Number.isFinite(infinite.data[0])).toBe(false);
});

test("sgd clips before momentum: no step is longer than η·limit/(1 − μ)", () => {
  const gradients = counts.map(() => 1e6);
  const path = follow(sgd({ learningRate: 1, momentum: 0.5, clipNorm: 1 }), 0, gradients);
  expect(path[0]).toBe(-1);
  path.slice(1).forEach((p, i) => {
    expect(Math.abs(p - (path[i] as number))).toBeLessThan(2);
  });
});

test("moments and updates keep the parameters' dtype, f32 or f64, leaf by leaf", () => {
  for (const optimiser of [
    sgd({ learningRate: 0.1, momentum: 0.9 }),
    adam({ learningRate: 0.1 }),
  ]) {
    const params = {
      single: tensor([1, 2], { dtype: "f32" }),
      double: tensor([1, 2], { dtype: "f64" }),
    };
    const grads = grad((p: typeof params) => sum(square(p.single)).add(sum(square(p.double))))(
      params,
    );
    const next = optimiser.update(params, grads as Tree, optimiser.init(params), 0);
    const { single, double } = next.params as typeof params;
    expect([single.dtype, double.dtype]).toEqual(["f32", "f64"]);
    const moments = Object.values(next.state) as (typeof params)[];
    for (const moment of moments) {
      expect([moment.single.dtype, moment.double.dtype]).toEqual(["f32", "f64"]);
    }
  }
});

test("an optimiser refuses options that cannot work, by name", () => {
  expect(() => sgd({ learningRate: 0 })).toThrow("sgd: expected learningRate > 0, got 0");
  expect(() => sgd({ learningRate: 1, momentum: 1 })).toThrow(
    "sgd: expected momentum in [0, 1), got 1",
  );
  expect(() => adam({ learningRate: 1, beta2: 1 })).toThrow(
    "adam: expected beta2 in [0, 1), got 1",
  );
  expect(() => adam({ learningRate: Number.NaN })).toThrow(
    "adam: expected learningRate > 0, got NaN",
  );
  expect(() => adam({ learningRate: 1, clipNorm: 0 })).toThrow(
    "adam: expected clipNorm > 0, got 0",
  );
});
