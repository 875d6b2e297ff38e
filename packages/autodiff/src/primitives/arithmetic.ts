// add, sub, neg, mul and div, and the factories by which elementwise primitives are written.
//
//   ẏ = Σᵢ ∂y/∂xᵢ · ẋᵢ        one partial an input, symbolic zeros skipped
//
// Inputs broadcast like numpy's; a partial may come out smaller than y and is then broadcast.
import { broadcastShapes, type DType, isFloat } from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import {
  type LinearInput,
  notLinear,
  type PrimitiveFunction,
  type PrimitiveRecord,
  type Tangent,
  zeroTangent,
} from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcastIfNeeded, reshapeTo, sumTo } from "./broadcast.ts";
import { type Kind, promote } from "./cast.ts";
import { pointwise, type Scalars } from "./strided.ts";

type Jvp = PrimitiveRecord<object>["jvp"];
type Transpose = PrimitiveRecord<object>["transpose"];
type Operation<F> = F & Pick<PrimitiveFunction<object>, "primitive">;
export type Unary = Operation<(x: TensorLike) => Tensor>;
export type Binary = Operation<(x: TensorLike, y: TensorLike) => Tensor>;

/** Axes of length 1 after the batch axis, so that inputs of different rank align at their last axes. */
export function alignBatch(inputs: readonly Tensor[], mapped: readonly boolean[]): Tensor[] {
  const rank = Math.max(...inputs.map((x, i) => x.shape.length + Number(!mapped[i])));
  return inputs.map((x, i) => {
    const ones = new Array<number>(rank - x.shape.length).fill(1);
    if (!mapped[i] || ones.length === 0) return x;
    return reshapeTo([x], { shape: [x.shape[0]!, ...ones, ...x.shape.slice(1)] });
  });
}

/** An elementwise primitive of one to three inputs, the last two of one dtype; `whole` is f for integers. */
export function elementwisePrimitive(
  name: string,
  f: Scalars,
  jvp: Jvp,
  transpose: Transpose,
  output?: DType,
  whole?: Scalars,
): PrimitiveFunction<object> {
  const evaluate = pointwise(f);
  const evaluateWhole = whole ? pointwise(whole) : evaluate;
  const apply: PrimitiveFunction<object> = primitive({
    name,
    shape: (inputs) => ({
      dtype: output ?? inputs.at(-1)!.dtype,
      shape: broadcastShapes(name, ...inputs.map((x) => x.shape)),
    }),
    evaluate: (inputs, out) => (isFloat(out.dtype) ? evaluate : evaluateWhole)(inputs, out),
    jvp,
    transpose,
    batch: (inputs, mapped) => apply(alignBatch(inputs, mapped), {}),
  });
  return apply;
}

/** An operation of one float input; `derivative(x, y)` is dy/dx. `kind` says what it takes. */
export function elementwise(
  name: string,
  f: (x: number) => number,
  derivative: (x: Tensor, y: Tensor) => Tensor | null,
  kind: Kind = "float",
): Unary {
  const jvp: Jvp = ([xDot], [x], y) => {
    const slope = derivative(x!, y);
    return slope && mul(xDot!, slope);
  };
  const apply = elementwisePrimitive(name, f, jvp, notLinear(name));
  return Object.assign((x: TensorLike) => apply(promote(name, [x], kind), {}), apply);
}

/** An operation of two inputs, with its rules given; `kind` says what it takes. */
export function binary(
  name: string,
  f: Scalars,
  jvp: Jvp,
  transpose: Transpose,
  kind: Kind = "number",
  output?: DType,
  whole?: Scalars,
): Binary {
  const apply = elementwisePrimitive(name, f, jvp, transpose, output, whole);
  return Object.assign(
    (x: TensorLike, y: TensorLike) => apply(promote(name, [x, y], kind), {}),
    apply,
  );
}

/** A comparison or another map to a dtype that carries no tangents. */
export const discrete = (name: string, f: Scalars, output?: DType): Binary =>
  binary(name, f, zeroTangent, notLinear(name), "any", output);

type Partial = (xDot: Tensor, x: Tensor, y: Tensor, z: Tensor) => Tensor;

/** ż = Σᵢ partialᵢ(ẋᵢ, x, y, z) over the inputs whose tangent is not a symbolic zero. */
export const partials =
  (...rules: readonly Partial[]): Jvp =>
  (tangents, [x, y], z) => {
    const terms = tangents.flatMap((xDot, i) => (xDot ? [rules[i]!(xDot, x!, y!, z)] : []));
    return isFloat(z.dtype) ? broadcastIfNeeded(terms.reduce(add), z.shape) : null;
  };

/** One cotangent for each linear input, summed to its shape. */
const pullBack =
  (...rules: readonly ((zBar: Tensor, x: LinearInput, y: LinearInput) => Tensor)[]): Transpose =>
  (zBar, inputs) =>
    inputs.map((input, i): Tangent => {
      if (input instanceof Tensor) return null;
      return sumTo(rules[i]!(zBar, inputs[0]!, inputs[1]!), input.shape);
    });

/** The tensor behind an input of a linear equation that must be known; the other one is linear. */
function known(name: string, input: LinearInput): Tensor {
  if (input instanceof Tensor) return input;
  throw fail`transpose: ${name} of two linear values is not linear, got ${input}; expected one factor that does not depend on the linear input`;
}

const minus: PrimitiveFunction<object> = elementwisePrimitive(
  "neg",
  (x) => -x,
  ([xDot]) => neg(xDot!),
  (yBar) => [neg(yBar)],
);
export const neg: Unary = Object.assign(
  (x: TensorLike) => minus(promote("neg", [x], "number"), {}),
  minus,
);

export const add: Binary = binary(
  "add",
  (x, y) => x + y,
  ([xDot, yDot], _inputs, z) =>
    xDot && yDot ? add(xDot, yDot) : broadcastIfNeeded((xDot ?? yDot)!, z.shape),
  pullBack(
    (zBar) => zBar,
    (zBar) => zBar,
  ),
);
export const sub: Binary = binary(
  "sub",
  (x, y) => x - y,
  ([xDot, yDot], _inputs, z) =>
    xDot && yDot ? sub(xDot, yDot) : broadcastIfNeeded(xDot ?? neg(yDot!), z.shape),
  pullBack(
    (zBar) => zBar,
    (zBar) => neg(zBar),
  ),
);
export const mul: Binary = binary(
  "mul",
  (x, y) => x * y,
  partials(
    (xDot, _x, y) => mul(xDot, y),
    (yDot, x) => mul(x, yDot),
  ),
  pullBack(
    (zBar, _x, y) => mul(zBar, known("mul", y)),
    (zBar, x) => mul(known("mul", x), zBar),
  ),
  "number",
  undefined,
  Math.imul, // modulo 2³², where x·y may exceed 2⁵³
);
export const div: Binary = binary(
  "div",
  (x, y) => x / y,
  partials(
    (xDot, _x, y) => div(xDot, y),
    (yDot, _x, y, z) => neg(mul(div(z, y), yDot)),
  ),
  pullBack((zBar, _x, y) => div(zBar, known("div", y)), notLinear("div")),
  "float",
);
