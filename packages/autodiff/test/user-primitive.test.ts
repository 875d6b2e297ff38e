// Primitives of one's own, by the public record: they nest like the engine's.
import {
  add,
  broadcastTo,
  checkGraph,
  div,
  evaluate,
  fromJSON,
  grad,
  hessian,
  jvp,
  mul,
  type NDArray,
  notLinear,
  type PrimitiveFunction,
  primitive,
  print,
  type Shape,
  stack,
  sum,
  type Tensor,
  tensor,
  toJSON,
  trace,
  transpose,
  vjp,
  vmap,
  zeros,
  zeroTangent,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { type Case, tangentOf } from "./support/case.ts";
import { expectClose, expectSameBits } from "./support/close.ts";
import { directional } from "./support/differences.ts";
import { pairing } from "./support/pairing.ts";
import { sample, signed } from "./support/sample.ts";

/** √(x² + y²) of equal shapes without overflow; ẏ = (x ẋ + y ẏ)/r. */
const hypotenuse: PrimitiveFunction<object> = primitive({
  name: "hypotenuse",
  shape: ([x]) => x!,
  evaluate: ([x, y], out) => ({
    ...out,
    data: Float64Array.from(x!.data, (xi, i) => Math.hypot(xi, y!.data[i]!)),
  }),
  jvp: (tangents, primals, r) =>
    tangents
      .flatMap((xDot, i) => (xDot ? [mul(div(primals[i]!, r), xDot)] : []))
      .reduce((total, term) => add(total, term)),
  transpose: notLinear("hypotenuse"),
  batch: (inputs, mapped, size) =>
    hypotenuse(
      inputs.map((x, i) => (mapped[i] ? x : broadcastTo(x, [size, ...x.shape]))),
      {},
    ),
});
const hypot = (x: Tensor, y: Tensor): Tensor => hypotenuse([x, y], {});

/** The last axis turned round by `by` places: linear, and its transpose turns back. */
const roll: PrimitiveFunction<{ by: number }> = primitive({
  name: "roll",
  shape: ([x]) => x!,
  evaluate([x], out, { by }) {
    const n = (x as NDArray).shape.at(-1)!;
    const from = (i: number) => i - (i % n) + (((i % n) - by + n) % n);
    return { ...out, data: x!.data.map((_, i) => x!.data[from(i)]!) };
  },
  jvp: ([xDot], _primals, _y, params) => roll([xDot!], params),
  transpose: (yBar, _inputs, { by }) => [roll([yBar], { by: -by })],
  batch: (inputs, _mapped, _size, params) => roll(inputs, params),
});

/** How many elements are positive: an i32 without a tangent. */
const positives = primitive<object>({
  name: "positives",
  shape: () => ({ shape: [], dtype: "i32" }),
  evaluate: ([x], out) => ({ ...out, data: Int32Array.of(x!.data.filter((v) => v > 0).length) }),
  jvp: zeroTangent,
  transpose: notLinear("positives"),
  batch: () => {
    throw new Error("positives cannot be batched");
  },
});

const shapes: readonly Shape[] = [[], [3], [2, 3], [2, 0]];

describe("a primitive of two inputs that is not linear", () => {
  test.each(shapes.map((shape) => [shape] as const))(
    "has the closed form and its derivatives on [%s]",
    (shape) => {
      const [x, y] = [sample(shape, 1, 0.5, 2), sample(shape, 2, -2, -0.5)];
      const v = [signed(x, 3), signed(y, 4)];
      expectClose(
        hypot(x, y),
        { shape, data: x.data.map((a, i) => Math.sqrt(a * a + y.data[i]! ** 2)) },
        4e-16,
        "value",
      );
      const yDot = tangentOf(hypot as Case["run"], [x, y], v);
      const differences = directional(hypot as Case["run"], [x, y], v).map(({ value }) => value);
      expectClose(yDot, { shape, data: differences }, 1e-10, "ẏ", () => 1);
      const w = signed(x, 5);
      const reverse = pairing(vjp(hypot, [x, y])[1](w), v);
      expect(Math.abs(pairing([w], [yDot]).value - reverse.value)).toBeLessThanOrEqual(
        1e-15 * (1 + reverse.magnitude),
      );
    },
  );

  test("has the Hessian (δᵢⱼ − uᵢuⱼ)/r of its length", () => {
    const H = hessian((p: Tensor) => hypot(p.slice([0], [1]).sum(), p.slice([1]).sum()))(
      tensor([3, 4]),
    );
    const expected = [16 / 125, -12 / 125, -12 / 125, 9 / 125];
    expectClose(H.reshape([4]), { shape: [4], data: expected }, 1e-15, "H");
  });

  test("is mapped over either input, or both, or inside a gradient", () => {
    const [xs, ys] = [sample([4, 3], 6), sample([4, 3], 7)];
    const row = (x: Tensor, i: number) => x.slice([i], [i + 1]).reshape([3]);
    const loop = (f: (i: number) => Tensor) => stack([0, 1, 2, 3].map(f));
    expectSameBits(
      vmap(hypot)(xs, ys),
      loop((i) => hypot(row(xs, i), row(ys, i))),
      "both",
    );
    expectSameBits(
      vmap(hypot, [0, null])(xs, row(ys, 0)),
      loop((i) => hypot(row(xs, i), row(ys, 0))),
      "first",
    );
    expectSameBits(
      vmap(hypot, [null, 0])(row(xs, 0), ys),
      loop((i) => hypot(row(xs, 0), row(ys, i))),
      "second",
    );
    const gradient = (x: Tensor, y: Tensor) => grad((at: Tensor) => sum(hypot(at, y)))(x);
    expectSameBits(
      vmap(gradient)(xs, ys),
      loop((i) => gradient(row(xs, i), row(ys, i))),
      "gradients",
    );
  });

  test("is traced, printed, checked and read back from JSON", () => {
    const [x, y] = [sample([2], 8), sample([2], 9)];
    const graph = checkGraph(
      trace((a: Tensor, b: Tensor) => grad((at: Tensor) => sum(hypot(at, b)))(a))(x, y),
    );
    expect(print(graph)).toMatch(/= hypotenuse a b/);
    const json = JSON.parse(JSON.stringify(toJSON(graph)));
    expect(() => fromJSON(json)).toThrow(/unknown primitive .*hypotenuse.*second argument/);
    const back = fromJSON(json, [hypotenuse.primitive]);
    expectSameBits(
      evaluate(back, [x, y]) as Tensor,
      evaluate(graph, [x, y]) as Tensor,
      "read back",
    );
  });
});

describe("a linear primitive with a parameter", () => {
  const by = (n: number) => (x: Tensor) => roll([x], { by: n });

  test("does what it says, and its transpose undoes it", () => {
    expect(by(1)(tensor([1, 2, 3])).toArray()).toEqual([3, 1, 2]);
    expect(transpose(by(1), [zeros([3])])(tensor([1, 2, 3]))[0].toArray()).toEqual([2, 3, 1]);
    expect(jvp(by(1), [zeros([3])], [tensor([1, 2, 3])])[1].toArray()).toEqual([3, 1, 2]);
  });

  test("is mapped as it is, and its gradient in a loss is right", () => {
    const x = sample([2, 4], 10);
    expectSameBits(vmap(by(1))(x), by(1)(x), "rows");
    const gradient = grad((at: Tensor) => sum(mul(by(1)(at), at)))(x);
    expectSameBits(gradient, add(by(-1)(x), by(1)(x)), "gradient");
  });

  test("prints its parameter", () => {
    expect(print(trace(by(2))(zeros([3])))).toContain("roll[by=2] x");
  });
});

describe("a primitive without a tangent", () => {
  test("is a constant to derivatives", () => {
    const f = (x: Tensor) => sum(mul(positives([x], {}), x));
    expect(grad(f)(tensor([2, -1, 5])).toArray()).toEqual([2, 2, 2]);
  });

  test("whose rule throws lets the user's message through", () => {
    expect(() => vmap((x: Tensor) => positives([x], {}))(zeros([2, 3]))).toThrow(
      "positives cannot be batched",
    );
  });
});
