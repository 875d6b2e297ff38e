// A dense layer before its activation, and the sum of rows that its bias pulls back.
//
//   dense               y = x W + 1 cᵀ             ẏ = ẋ W + (x Ẇ + 1 ċᵀ)
//   denseBackwardBias   c̄ = Σ_rows ȳ
//
// x: [batch, inputs], W: [inputs, outputs], c: [outputs]. x Ẇ + 1 ċᵀ is a dense layer again, linear in
// (Ẇ, ċ), whose transpose is the two hand-written passes xᵀ ȳ and Σ ȳ. Absent tangents cost nothing.
import {
  add,
  broadcastTo,
  expandDims,
  matmul,
  notLinear,
  type Primitive,
  type PrimitiveFunction,
  primitive,
  sum,
  type Tangent,
  Tensor,
} from "@cotangent/autodiff";
import { network } from "../reference/network.ts";
import { arrayOf, foldRows, type Operand, sizesOf, total } from "./operands.ts";
import { denseBackwardWeight, denseTangent } from "./products.ts";

type Axis = "batch" | "inputs" | "outputs";
const operands = ([x, weight, bias]: readonly Operand<Axis>[1][]): readonly Operand<Axis>[] => [
  ["x", x, ["batch", "inputs"]],
  ["weight", weight, ["inputs", "outputs"]],
  ["bias", bias, ["outputs"]],
];

/** ẏ of a dense layer from the tangents that there are. */
export function denseDot(
  [xDot, weightDot, biasDot]: readonly (Tangent | undefined)[],
  [x, weight]: readonly (Tensor | undefined)[],
): Tangent {
  const moved = xDot ? denseTangent(xDot, weight!) : null;
  if (weightDot)
    return total(moved, biasDot ? dense(x!, weightDot, biasDot) : denseTangent(x!, weightDot));
  const shape = [x?.shape[0] ?? 0, weight?.shape[1] ?? 0];
  return total(moved, biasDot ? broadcastTo(biasDot, shape) : null);
}

const layer: PrimitiveFunction<object> = primitive({
  name: "dense",
  shape(inputs) {
    const { batch, outputs } = sizesOf("dense", operands(inputs));
    return { dtype: inputs[0]!.dtype, shape: [batch, outputs] };
  },
  evaluate(inputs, out) {
    const [x, weight, bias] = inputs.map(({ data }) => data);
    const sizes = sizesOf("dense", operands(inputs));
    return arrayOf(out, network.denseForward(sizes, { x: x!, weight: weight!, bias: bias! }));
  },
  jvp: denseDot,
  transpose(yBar, [x, weight, bias]) {
    // Of weight and bias alone it would be affine: the rule above never makes that.
    if (!(x instanceof Tensor) || weight instanceof Tensor || bias instanceof Tensor)
      return notLinear("dense")(yBar);
    return [null, denseBackwardWeight(x, yBar), denseBackwardBias(yBar)];
  },
  batch([x, weight, bias], [, isWeightMapped, isBiasMapped]) {
    if (!isWeightMapped && !isBiasMapped)
      return foldRows(x!, (rows) => dense(rows, weight!, bias!));
    return add(matmul(x!, weight!), isBiasMapped ? expandDims(bias!, 1) : bias!);
  },
});

/** x W + c in each row. x: [batch, inputs], weight: [inputs, outputs], bias: [outputs] → [batch, outputs]. */
export const dense: ((x: Tensor, weight: Tensor, bias: Tensor) => Tensor) & {
  readonly primitive: Primitive;
} = Object.assign((x: Tensor, weight: Tensor, bias: Tensor) => layer([x, weight, bias], {}), {
  primitive: layer.primitive,
});

const rowSum: PrimitiveFunction<object> = primitive({
  name: "denseBackwardBias",
  shape([yBar]) {
    const { outputs } = sizesOf("denseBackwardBias", [["y", yBar, ["batch", "outputs"]]]);
    return { dtype: yBar!.dtype, shape: [outputs] };
  },
  evaluate([yBar], out) {
    const [batch = 0, outputs = 0] = yBar!.shape;
    return arrayOf(out, network.backwardBias({ batch, outputs }, { yBar: yBar!.data }));
  },
  jvp: ([yDot]) => denseBackwardBias(yDot!),
  transpose: (bar, [yBar]) => [broadcastTo(bar, yBar!.shape)],
  batch: ([yBar]) => sum(yBar!, 1),
});

/** The sum of the rows. y: [batch, outputs] → [outputs]. */
export const denseBackwardBias: ((y: Tensor) => Tensor) & { readonly primitive: Primitive } =
  Object.assign((y: Tensor) => rowSum([y], {}), { primitive: rowSum.primitive });
