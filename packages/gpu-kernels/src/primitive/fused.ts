// Equations that one kernel computes together: what transposing leaves side by side (fuse.ts finds them).
//
//   denseBackwardHidden     φ′(a) ∘ (y Wᵀ)                       kernel backward-hidden
//   denseBackwardCurved     φ′(a) ∘ (y Wᵀ) + φ″(a) ∘ slopeBar    kernel backward-curved
//   denseAccumulateWeight   xᵀ y + carry                         kernel accumulate-weight
//
// y: [batch, outputs], W: [inputs, outputs], a, slopeBar, x: [batch, inputs], carry: [inputs, outputs].
// They stand in graphs to be compiled only. Each is the composition of what it replaces, derivatives too.
import {
  add,
  jvp,
  notLinear,
  type PrimitiveFunction,
  primitive,
  type Spec,
  type Tensor,
  vmap,
} from "@cotangent/autodiff";
import type { ActivationName, CurvedActivation } from "../kernels/activation-text.ts";
import type { DenseSizes } from "../kernels/sizes.ts";
import { network } from "../reference/network.ts";
import type { Values } from "../reference/values.ts";
import { scaleByDerivative } from "./activation.ts";
import { arrayOf, type Operand, sizesOf } from "./operands.ts";
import { denseBackwardInput, denseBackwardWeight } from "./products.ts";

interface Composition<P> {
  readonly name: string;
  /** The operands, then the output. */
  readonly axes: readonly (readonly (keyof DenseSizes)[])[];
  readonly parts: (inputs: readonly Tensor[], params: P) => Tensor;
  readonly reference: (sizes: DenseSizes, inputs: readonly Values[], params: P) => Float64Array;
}

function composed<P extends object>(record: Composition<P>): PrimitiveFunction<P> {
  const { name, axes, parts } = record;
  const sizes = (inputs: readonly Spec[]): DenseSizes =>
    sizesOf(
      name,
      inputs.map((x, i): Operand<keyof DenseSizes> => [`operand ${i}`, x, axes[i] ?? []]),
    );
  return primitive<P>({
    name,
    shape(inputs) {
      const known = sizes(inputs);
      return { dtype: inputs[0]!.dtype, shape: axes.at(-1)!.map((axis) => known[axis]) };
    },
    evaluate(inputs, out, params) {
      const values = inputs.map(({ data }) => data);
      return arrayOf(out, record.reference(sizes(inputs), values, params));
    },
    jvp(tangents, primals, _y, params) {
      const moving = [...tangents.keys()].filter((i) => tangents[i]);
      const along = (...xs: Tensor[]): Tensor =>
        parts(
          primals.map((x, i) => xs[moving.indexOf(i)] ?? x),
          params,
        );
      const [x, xDot] = [primals, tangents].map((all) => moving.map((i) => all[i] as Tensor));
      return jvp(along, x!, xDot!)[1];
    },
    transpose: notLinear(name),
    batch: (inputs, mapped, _size, params) =>
      vmap(
        (...xs: Tensor[]) => parts(xs, params),
        mapped.map((isMapped) => (isMapped ? 0 : null)),
      )(...inputs),
  });
}

const [x, y, weight] = [
  ["batch", "inputs"],
  ["batch", "outputs"],
  ["inputs", "outputs"],
] as const;

/** Inputs y, W, a. */
export const denseBackwardHidden: PrimitiveFunction<{ readonly activation: ActivationName }> =
  composed({
    name: "denseBackwardHidden",
    axes: [y, weight, x, x],
    parts: ([yBar, w, a], { activation }) =>
      scaleByDerivative(a!, denseBackwardInput(yBar!, w!), { activation, order: 1 }),
    reference: (sizes, [yBar, w, a], params) =>
      network.backwardHidden({ ...sizes, ...params }, { yBar: yBar!, weight: w!, a: a! }),
  });

/** Inputs y, W, a, slopeBar. */
export const denseBackwardCurved: PrimitiveFunction<{ readonly activation: CurvedActivation }> =
  composed({
    name: "denseBackwardCurved",
    axes: [y, weight, x, x, x],
    parts: ([yBar, w, a, slopeBar], { activation }) =>
      add(
        scaleByDerivative(a!, denseBackwardInput(yBar!, w!), { activation, order: 1 }),
        scaleByDerivative(a!, slopeBar!, { activation, order: 2 }),
      ),
    reference: (sizes, [yBar, w, a, slopeBar], params) => {
      const given = { yBar: yBar!, weight: w!, a: a!, slopeBar: slopeBar! };
      return network.backwardCurved({ ...sizes, ...params }, given);
    },
  });

/** Inputs x, y, carry. */
export const denseAccumulateWeight: PrimitiveFunction<object> = composed({
  name: "denseAccumulateWeight",
  axes: [x, y, weight, weight],
  parts: ([rows, yBar, carry]) => add(denseBackwardWeight(rows!, yBar!), carry!),
  reference: (sizes, [rows, yBar, carry]) =>
    network.accumulateWeight(sizes, { x: rows!, yBar: yBar!, carry: carry! }),
});
