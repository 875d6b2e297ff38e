// add, sub, neg, mul and div, and the factories by which elementwise primitives are written.
//
//   ẏ = Σᵢ ∂y/∂xᵢ · ẋᵢ        one partial an input, symbolic zeros skipped
//
// Inputs broadcast like numpy's; a partial may come out smaller than y and is then broadcast.
import {
  broadcastShapes,
  formatSpec,
  type DType,
  isFloat,
  type NDArray,
  type Spec,
} from "../array.ts";
import { primitive } from "../interpreter.ts";
import {
  type LinearInput,
  notLinear,
  type Primitive,
  type PrimitiveRecord,
  zeroTangent,
  type PrimitiveFunction,
} from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcastIfNeeded, reshapeTo, sumTo } from "./broadcast.ts";
import { promote } from "./cast.ts";
import { map1, map2 } from "./strided.ts";

type Jvp = PrimitiveRecord<object>["jvp"];
type Transpose = PrimitiveRecord<object>["transpose"];
export type Operation1 = ((x: TensorLike) => Tensor) & { readonly primitive: Primitive };
export type Operation2 = ((x: TensorLike, y: TensorLike) => Tensor) & {
  readonly primitive: Primitive;
};

/** The tensor behind an input of a linear equation that must be known; the other one is linear. */
export function known(name: string, input: LinearInput | undefined): Tensor {
  if (input instanceof Tensor) return input;
  throw new TypeError(
    `transpose: ${name} of two linear values is not linear (got ${formatSpec(input as Spec)}); only one factor may depend on the linear input`,
  );
}

/** Axes of length 1 after the batch axis, so that inputs of different rank align at their last axes. */
export function alignBatch(inputs: readonly Tensor[], mapped: readonly boolean[]): Tensor[] {
  const rank = Math.max(...inputs.map((x, i) => x.shape.length - Number(mapped[i])));
  return inputs.map((x, i) => {
    const missing = rank + 1 - x.shape.length;
    if (!mapped[i] || missing === 0) return x;
    const [size, ...rest] = x.shape as [number, ...number[]];
    return reshapeTo([x], { shape: [size, ...new Array<number>(missing).fill(1), ...rest] });
  });
}

/** An elementwise operation of one float input. `derivative(x, y)` is dy/dx. */
export function elementwise(record: {
  readonly name: string;
  readonly f: (x: number) => number;
  readonly derivative: ((x: Tensor, y: Tensor) => Tensor) | typeof zeroTangent;
  readonly integers?: boolean;
}): Operation1 {
  const { name, f, derivative, integers = false } = record;
  const kernel = map1(f);
  const apply: PrimitiveFunction<object> = primitive({
    name,
    shape: ([x]) => x as Spec,
    evaluate: ([x], out) => kernel(x as NDArray, out),
    jvp([xDot], [x], y) {
      const slope = derivative(x as Tensor, y);
      return slope === null ? null : mul(xDot as Tensor, slope);
    },
    transpose: notLinear(name),
    batch: (inputs) => apply(inputs, {}),
  });
  return Object.assign((x: TensorLike) => apply(promote(name, [x], !integers), {}), apply);
}

/** An elementwise operation of two inputs, with its rules given. */
export function binary(record: {
  readonly name: string;
  readonly f: (x: number, y: number) => number;
  readonly jvp: Jvp;
  readonly transpose: Transpose;
  readonly float?: boolean;
  readonly output?: DType;
}): Operation2 {
  const { name, f, jvp, transpose, float = false, output } = record;
  const kernel = map2(f);
  const apply: PrimitiveFunction<object> = primitive({
    name,
    shape([x, y]) {
      const [a, b] = [x as Spec, y as Spec];
      return { dtype: output ?? a.dtype, shape: broadcastShapes(name, a.shape, b.shape) };
    },
    evaluate: ([x, y], out) => kernel(x as NDArray, y as NDArray, out),
    jvp,
    transpose,
    batch: (inputs, mapped) => apply(alignBatch(inputs, mapped), {}),
  });
  return Object.assign(
    (x: TensorLike, y: TensorLike) => apply(promote(name, [x, y], float), {}),
    apply,
  );
}

/** ẏ = Σᵢ partialᵢ(ẋᵢ, inputs, y) over the inputs whose tangent is not a symbolic zero. */
export const partials =
  (
    ...rules: readonly ((xDot: Tensor, inputs: readonly [Tensor, Tensor], y: Tensor) => Tensor)[]
  ): Jvp =>
  (tangents, primals, y) => {
    if (!isFloat(y.dtype)) return null;
    const terms = tangents.flatMap((xDot, i) =>
      xDot === null
        ? []
        : [(rules[i] as (typeof rules)[number])(xDot, primals as [Tensor, Tensor], y)],
    );
    return broadcastIfNeeded(terms.reduce(add), y.shape);
  };

/** A comparison or another map to a dtype that carries no tangents. */
export const discrete = (
  name: string,
  f: (x: number, y: number) => number,
  output?: DType,
): Operation2 =>
  binary({ name, f, ...(output && { output }), jvp: zeroTangent, transpose: notLinear(name) });

export const neg: Operation1 = (() => {
  const kernel = map1((x) => -x);
  const apply: PrimitiveFunction<object> = primitive({
    name: "neg",
    shape: ([x]) => x as Spec,
    evaluate: ([x], out) => kernel(x as NDArray, out),
    jvp: ([xDot]) => neg(xDot as Tensor),
    transpose: (yBar) => [neg(yBar)],
    batch: (inputs) => apply(inputs, {}),
  });
  return Object.assign((x: TensorLike) => apply(promote("neg", [x], false), {}), apply);
})();

export const add: Operation2 = binary({
  name: "add",
  f: (x, y) => x + y,
  jvp: ([xDot, yDot], _inputs, z) =>
    xDot && yDot ? add(xDot, yDot) : broadcastIfNeeded((xDot ?? yDot) as Tensor, z.shape),
  transpose: (zBar, inputs) =>
    inputs.map((x) => (x instanceof Tensor ? null : sumTo(zBar, x.shape))),
});

export const sub: Operation2 = binary({
  name: "sub",
  f: (x, y) => x - y,
  jvp: ([xDot, yDot], _inputs, z) =>
    xDot && yDot ? sub(xDot, yDot) : broadcastIfNeeded(xDot ?? neg(yDot as Tensor), z.shape),
  transpose: (zBar, inputs) =>
    inputs.map((x, i) => (x instanceof Tensor ? null : sumTo(i === 0 ? zBar : neg(zBar), x.shape))),
});

export const mul: Operation2 = binary({
  name: "mul",
  f: (x, y) => x * y,
  jvp: partials(
    (xDot, [, y]) => mul(xDot, y),
    (yDot, [x]) => mul(x, yDot),
  ),
  transpose: (zBar, [x, y]) =>
    x instanceof Tensor
      ? [null, sumTo(mul(x, zBar), (y as Spec).shape)]
      : [sumTo(mul(zBar, known("mul", y)), (x as Spec).shape), null],
});

export const div: Operation2 = binary({
  name: "div",
  f: (x, y) => x / y,
  float: true,
  jvp: partials(
    (xDot, [, y]) => div(xDot, y),
    (yDot, [, y], z) => neg(mul(div(z, y), yDot)),
  ),
  transpose: (zBar, [x, y]) => [sumTo(div(zBar, known("div", y)), (x as Spec).shape), null],
});
