// What each of the network's primitives runs on a device: the hand-written kernels.
//
//   mlp                   dense-forward a layer, activation fused
//   dense                 dense-forward
//   denseTangent          dense-tangent
//   denseBackwardInput    backward-input
//   denseBackwardWeight   backward-weight
//   denseBackwardBias     backward-bias
//   activation            activation-0, activation-1, activation-2
//   scaleByDerivative     scale-by-slope; for φ″ activation-2, then times
//   those of fuse.ts      backward-hidden, backward-curved, accumulate-weight
// `compile(device, f)` has them always. Values are matrices [rows, columns], and vectors.
import type { Primitive } from "@cotangent/autodiff";
import type { Lowering } from "../compile/lowering.ts";
import type { Value } from "../device/values.ts";
import { activation } from "../kernels/activation.ts";
import type { CurvedActivation } from "../kernels/activation-text.ts";
import { backwardBias } from "../kernels/backward-bias.ts";
import { backwardCurved, backwardHidden } from "../kernels/backward-hidden.ts";
import { backwardInput } from "../kernels/backward-input.ts";
import { accumulateWeight, backwardWeight } from "../kernels/backward-weight.ts";
import { denseForward } from "../kernels/dense-forward.ts";
import { denseTangent } from "../kernels/dense-tangent.ts";
import { times } from "../kernels/elementwise.ts";
import { scaleBySlope } from "../kernels/scale-by-slope.ts";
import { forwardPass } from "../mlp/passes.ts";
import type { ActivationParams } from "./activation.ts";
import { denseAccumulateWeight, denseBackwardCurved, denseBackwardHidden } from "./fused.ts";
import { layersAmong, type MlpParams } from "./mlp.ts";
import { networkPrimitives } from "./operations.ts";

const rowsOf = ({ shape }: Value): number => shape[0];
const columnsOf = ({ shape }: Value): number => shape.at(-1) ?? 0;

/** The sizes of a dense layer, from its rows and its weight. */
const sizesOf = (rows: Value, weight: Value) => ({
  batch: rowsOf(rows),
  inputs: rowsOf(weight),
  outputs: columnsOf(weight),
});

type Inputs = Parameters<Lowering>[1];
const two = (inputs: Inputs): readonly [Value, Value] => inputs as unknown as [Value, Value];

const lowerings: Readonly<Record<string, Lowering>> = {
  mlp(launch, inputs, { params }) {
    const [x] = two(inputs);
    const layers = layersAmong(inputs);
    const sizes = [columnsOf(x), ...layers.map(({ bias }) => rowsOf(bias))];
    const { activation: phi } = params as unknown as MlpParams;
    return forwardPass({ launch, batch: rowsOf(x), sizes, activation: phi, layers }, x);
  },
  dense(launch, inputs) {
    const [x, weight, bias] = inputs as unknown as [Value, Value, Value];
    return launch(denseForward(sizesOf(x, weight)), { x, weight, bias });
  },
  denseTangent(launch, inputs) {
    const [xDot, weight] = two(inputs);
    return launch(denseTangent(sizesOf(xDot, weight)), { xDot, weight });
  },
  denseBackwardInput(launch, inputs) {
    const [yBar, weight] = two(inputs);
    return launch(backwardInput(sizesOf(yBar, weight)), { yBar, weight });
  },
  denseBackwardWeight(launch, inputs) {
    const [x, yBar] = two(inputs);
    const sizes = { batch: rowsOf(x), inputs: columnsOf(x), outputs: columnsOf(yBar) };
    return launch(backwardWeight(sizes), { x, yBar });
  },
  denseBackwardBias(launch, inputs) {
    const [yBar] = two(inputs);
    return launch(backwardBias({ batch: rowsOf(yBar), outputs: columnsOf(yBar) }), { yBar });
  },
  activation(launch, inputs, { params }) {
    const [a] = two(inputs);
    const own = params as unknown as ActivationParams;
    return launch(activation({ batch: rowsOf(a), width: columnsOf(a), ...own }), { a });
  },
  scaleByDerivative(launch, inputs, { params }) {
    const [a, z] = two(inputs);
    const { activation: phi, order } = params as unknown as ActivationParams;
    const sizes = { batch: rowsOf(a), width: columnsOf(a), activation: phi };
    if (order === 1) return launch(scaleBySlope(sizes), { a, z });
    const derivative = launch(activation({ ...sizes, order }), { a });
    return launch(times({ shape: a.shape }), { p: derivative, q: z });
  },
  denseBackwardHidden(launch, inputs, { params }) {
    const [yBar, weight, a] = inputs as unknown as [Value, Value, Value];
    const own = params as unknown as MlpParams;
    return launch(backwardHidden({ ...sizesOf(yBar, weight), ...own }), { yBar, weight, a });
  },
  denseBackwardCurved(launch, inputs, { params }) {
    const [yBar, weight, a, slopeBar] = inputs as unknown as [Value, Value, Value, Value];
    const own = params as unknown as { readonly activation: CurvedActivation };
    const kernel = backwardCurved({ ...sizesOf(yBar, weight), ...own });
    return launch(kernel, { yBar, weight, a, slopeBar });
  },
  denseAccumulateWeight(launch, inputs) {
    const [x, yBar, carry] = inputs as unknown as [Value, Value, Value];
    return launch(accumulateWeight(sizesOf(x, carry)), { x, yBar, carry });
  },
};

const own: readonly Primitive[] = [
  ...networkPrimitives,
  ...[denseBackwardHidden, denseBackwardCurved, denseAccumulateWeight].map((f) => f.primitive),
];

/** Throws for an equation of another primitive: a name says less than what it stands for. */
const guarded =
  (name: string, lowering: Lowering): Lowering =>
  (launch, inputs, equation) => {
    if (own.includes(equation.primitive)) return lowering(launch, inputs, equation);
    throw new TypeError(
      `compile: the primitive ${name} is not deviceMlp's of that name; expected a name of its own: rename it`,
    );
  };

/** Lowerings by the names of their primitives. */
export const networkLowerings: Readonly<Record<string, Lowering>> = Object.fromEntries(
  Object.entries(lowerings).map(([name, lowering]) => [name, guarded(name, lowering)]),
);
