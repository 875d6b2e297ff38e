// State that stays inside: a loop that never copies it gives what the loop that always does gives.
import {
  add,
  div,
  flip,
  gather,
  grad,
  matmul,
  mul,
  permute,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { describe, expect, test } from "vitest";

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
const loss = (w: Tensor, x: Tensor) => div(sum(square(sub(w, x))), 2);
const train = ({ w, momentum, steps }: Training, x: Tensor) => {
  const m = add(mul(0.9, momentum.m), grad((v: Tensor) => loss(v, x))(w));
  const next: Training = { w: sub(w, mul(0.1, m)), momentum: { m }, steps: add(steps, 1) };
  return [next, loss(w, x)] as const;
};
const batch = (i: number, n = 3) =>
  tensor(Float64Array.from({ length: n }, (_, k) => Math.sin(i + k)));

describe("state: true", () => {
  test("gives the losses and the state of the plain loop, for any way of passing it on", () => {
    const step = compile(train, { state: true });
    let plain: Training = initial;
    let [state, first] = step(initial, batch(0));
    const losses = [first.item()];
    for (let i = 1; i < 20; i++) {
      const [next, value] = step(state, batch(i));
      state = next;
      losses.push(value.item());
    }
    const expected: number[] = [];
    for (let i = 0; i < 20; i++) {
      const [next, value] = train(plain, batch(i));
      plain = next;
      expected.push(value.item());
    }
    losses.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 13));
    const read = step.state.read();
    expect(read.steps.item()).toBe(20);
    read.w.data.forEach((w, i) => expect(w).toBeCloseTo(plain.w.data[i]!, 13));
    expect(state).toBe(step.state);
  });
  test("read gives a copy, write replaces", () => {
    const step = compile(train, { state: true });
    step(initial, batch(0));
    const before = step.state.read();
    const kept = [...before.w.data];
    step(step.state, batch(1));
    expect([...before.w.data]).toEqual(kept);
    step.state.write(before);
    const again = step(step.state, batch(1))[1].item();
    step.state.write(before);
    expect(step(step.state, batch(1))[1].item()).toBe(again);
    expect([...initial.w.data]).toEqual([1, -2, 3]);
  });
  test("write before the first call is where it starts", () => {
    const step = compile(train, { state: true });
    step.state.write(initial);
    expect(step(step.state, batch(0))[1].item()).toBe(
      compile(train, { state: true })(initial, batch(0))[1].item(),
    );
  });
  test("what was written before the first call is a copy, read as a copy, in the precision of calls", () => {
    const step = compile((s: Tensor) => [add(s, 1)] as const, { state: true, dtype: "f32" });
    const start = tensor([1, 2]);
    step.state.write(start);
    start.data[0] = 50;
    const read = step.state.read();
    expect([read.dtype, read.toArray()]).toEqual(["f32", [1, 2]]);
    read.data[0] = 60;
    step(step.state);
    expect(step.state.read().toArray()).toEqual([2, 3]);
  });
  test("what is no tree of tensors is refused when it is written, and the state stays", () => {
    const step = compile((s: Tensor) => [add(s, 1)] as const, { state: true });
    step(tensor([1]));
    for (const wrong of ["2", undefined, step.state])
      expect(() => step.state.write(wrong as never)).toThrow(/where tensors/);
    expect(step.state.read().toArray()).toEqual([2]);
  });
  test("a tree as argument 0 starts anew at any time", () => {
    const step = compile(train, { state: true });
    const [, first] = step(initial, batch(0));
    step(step.state, batch(1));
    expect(step(initial, batch(0))[1].item()).toBe(first.item());
    expect(step.state.read().steps.item()).toBe(1);
  });
  test("moves with the signature that is called: a last batch of another size continues the same state", () => {
    const running = (s: Tensor, x: Tensor) => [add(s, sum(x)), sum(x)] as const;
    const step = compile(running, { state: true });
    step(tensor(0), tensor([1, 2]));
    step(step.state, tensor([3]));
    step(step.state, tensor([4, 5]));
    step(step.state, tensor([6]));
    expect((step.state.read() as Tensor).item()).toBe(21);
  });
  test("leaves that change places do so at once", () => {
    const swap = compile(([a, b]: [Tensor, Tensor]) => [[b, a]] as const, { state: true });
    swap([tensor([1, 2]), tensor([3, 4])] as never);
    swap(swap.state as never);
    swap(swap.state as never);
    const [a, b] = swap.state.read() as unknown as [Tensor, Tensor];
    expect([a.toArray(), b.toArray()]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });
  test("results may be the state before the call", () => {
    const step = compile((s: Tensor) => [add(s, 1), s, mul(s, 2)] as const, { state: true });
    step(tensor([1]));
    const [, before, twice] = step(step.state);
    expect([before.toArray(), twice.toArray()]).toEqual([[2], [4]]);
    expect(step.state.read().toArray()).toEqual([3]);
  });
  test("with dtype f32 it is kept in single precision", () => {
    const step = compile(train, { state: true, dtype: "f32" });
    step(initial, batch(0));
    expect(step.state.read().w.dtype).toBe("f32");
    expect(step.state.read().steps.dtype).toBe("u32");
  });
});

describe("state in place", () => {
  test("measuring a step leaves its state", () => {
    const step = compile(train, { state: true });
    step(initial, batch(0));
    const before = step.state.read();
    step.stats({ measure: 5 });
    expect(step.state.read()).toEqual(before);
  });
  test("an error leaves the state of the call before", () => {
    const step = compile((s: Tensor, i: Tensor) => [add(s, 1), gather(mul(s, 2), i)] as const, {
      state: true,
    });
    const at = (i: number) => tensor([i], { dtype: "i32" });
    step(tensor([1, 2]), at(0));
    expect(() => step(step.state, at(2))).toThrow(/index 2/);
    expect(step.state.read().toArray()).toEqual([2, 3]);
    expect(step(step.state, at(1))[1].toArray()).toEqual([6]);
  });
  test("a state that is read by a product into whose epilogue the update is fused is right", () => {
    const f = (s: Tensor, x: Tensor) => [sub(s, mul(0.1, matmul(permute(x), x)))] as const;
    const [start, x] = [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([
        [0.5, -1],
        [2, 0.25],
        [1, 1],
      ]),
    ];
    const step = compile(f, { state: true });
    step(start, x);
    step(step.state, x);
    const expected = f(f(start, x)[0], x)[0];
    step.state.read().data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 14));
  });
  test("a state that is needed after its successor is there", () => {
    const f = (s: Tensor) => [mul(2, s), matmul(mul(2, s), s)] as const;
    const start = tensor([
      [1, 2],
      [3, 4],
    ]);
    const step = compile(f, { state: true });
    step(start);
    const [, product] = step(step.state);
    expect(product.toArray()).toEqual(f(mul(2, start))[1].toArray());
    expect(step.state.read().toArray()).toEqual([
      [4, 8],
      [12, 16],
    ]);
  });
  test("a state that is read transposed, reversed or by products while it is replaced is right", () => {
    const steps: ((s: Tensor) => readonly [Tensor])[] = [
      (s) => [add(s, permute(s))],
      (s) => [sub(s, mul(0.5, flip(s, 0)))],
      (s) => [sub(s, mul(0.01, matmul(s, s)))],
      (s) => [mul(s, sum(s, 0))],
      (s) => [add(sum(s, 1, { keepDims: true }), s)],
      (s) => [tanh(matmul(permute(s), tanh(s)))],
    ];
    const start = tensor(Float64Array.from({ length: 81 }, (_, i) => Math.sin(i))).reshape([9, 9]);
    for (const f of steps) {
      const step = compile(f, { state: true });
      let plain = start;
      step(start);
      for (let i = 0; i < 3; i++) step(step.state);
      for (let i = 0; i < 4; i++) [plain] = f(plain);
      step.state.read().data.forEach((x, i) => expect(x).toBeCloseTo(plain.data[i]!, 11));
    }
  });
});
