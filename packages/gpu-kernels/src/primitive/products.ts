// The three products of a dense layer: one trilinear form, each of its three arguments from the other two.
//
//   F(x, W, y) = Σ_{b,i,o} x[b][i] W[i][o] y[b][o]
//
//   denseTangent          ∂F/∂y = x W        [batch, outputs]
//   denseBackwardInput    ∂F/∂x = y Wᵀ       [batch, inputs]
//   denseBackwardWeight   ∂F/∂W = xᵀ y       [inputs, outputs]
//
// Each is bilinear, and its transpose in either operand is another of them: the family is closed. The
// interpreter evaluates src/reference; on a device each is the kernel of its name.
import {
  matmul,
  notLinear,
  type Primitive,
  type PrimitiveFunction,
  permute,
  primitive,
  Tensor,
} from "@cotangent/autodiff";
import type { DenseSizes } from "../kernels/sizes.ts";
import { network } from "../reference/network.ts";
import type { Values } from "../reference/values.ts";
import { arrayOf, foldRows, sizesOf, total } from "./operands.ts";

/** The arguments of the form, in the order in which they are given. */
const axes = {
  x: ["batch", "inputs"],
  y: ["batch", "outputs"],
  weight: ["inputs", "outputs"],
} as const;
type Argument = keyof typeof axes;
type Arguments<T> = Readonly<Record<Argument, T>>;

/** How one argument comes from the two others. */
interface Contraction {
  readonly name: string;
  reference(sizes: DenseSizes, given: Arguments<Values>): Float64Array;
  /** The same where any operand may have a leading axis of members. */
  members(given: Arguments<Tensor>): Tensor;
}

/** A product as an operation on two matrices. */
export type Product = ((first: Tensor, second: Tensor) => Tensor) & {
  readonly primitive: Primitive;
};

const transposed = (x: Tensor): Tensor => permute(x, x.shape.length === 2 ? [1, 0] : [0, 2, 1]);

function product(gives: Argument, contraction: Contraction): Product {
  const { name } = contraction;
  const operands = (Object.keys(axes) as Argument[]).filter((argument) => argument !== gives);
  const named = <T>(list: readonly T[]): Arguments<T> =>
    Object.fromEntries(operands.map((argument, i) => [argument, list[i]])) as Arguments<T>;
  const apply: PrimitiveFunction<object> = primitive({
    name,
    shape(inputs) {
      const list = operands.map((argument, i) => [argument, inputs[i], axes[argument]] as const);
      const sizes = sizesOf<keyof DenseSizes>(name, list);
      return { dtype: inputs[0]!.dtype, shape: axes[gives].map((axis) => sizes[axis]) };
    },
    evaluate(inputs, out) {
      const list = operands.map((argument, i) => [argument, inputs[i], axes[argument]] as const);
      const sizes = sizesOf<keyof DenseSizes>(name, list);
      return arrayOf(out, contraction.reference(sizes, named(inputs.map(({ data }) => data))));
    },
    jvp: ([pDot, qDot], [p, q]) =>
      total(pDot ? multiply(pDot, q!) : null, qDot ? multiply(p!, qDot) : null),
    transpose(bar, inputs) {
      if (!inputs.some((input) => input instanceof Tensor)) return notLinear(name)(bar);
      return operands.map((argument, i) => {
        const other = inputs[1 - i]!;
        if (inputs[i] instanceof Tensor || !(other instanceof Tensor)) return null;
        const given = { [gives]: bar, [operands[1 - i]!]: other };
        return productGiving[argument](given as unknown as Arguments<Tensor>);
      });
    },
    batch([p, q], mapped) {
      // Rows that share a weight are one batch of rows.
      if (gives !== "weight" && !mapped[1]) return foldRows(p!, (rows) => multiply(rows, q!));
      return contraction.members(named([p!, q!]));
    },
  });
  const multiply = (p: Tensor, q: Tensor): Tensor => apply([p, q], {});
  return Object.assign(multiply, { primitive: apply.primitive });
}

/** x W. x: [batch, inputs], W: [inputs, outputs] → [batch, outputs]. */
export const denseTangent: Product = product("y", {
  name: "denseTangent",
  reference: (sizes, { x, weight }) => network.denseTangent(sizes, { xDot: x, weight }),
  members: ({ x, weight }) => matmul(x, weight),
});

/** y Wᵀ. y: [batch, outputs], W: [inputs, outputs] → [batch, inputs]. */
export const denseBackwardInput: Product = product("x", {
  name: "denseBackwardInput",
  reference: (sizes, { y, weight }) => network.backwardInput(sizes, { yBar: y, weight }),
  members: ({ y, weight }) => matmul(y, transposed(weight)),
});

/** xᵀ y. x: [batch, inputs], y: [batch, outputs] → [inputs, outputs]. */
export const denseBackwardWeight: Product = product("weight", {
  name: "denseBackwardWeight",
  reference: (sizes, { x, y }) => network.backwardWeight(sizes, { x, yBar: y }),
  members: ({ x, y }) => matmul(transposed(x), y),
});

const productGiving: { readonly [A in Argument]: (given: Arguments<Tensor>) => Tensor } = {
  y: ({ x, weight }) => denseTangent(x, weight),
  x: ({ y, weight }) => denseBackwardInput(y, weight),
  weight: ({ x, y }) => denseBackwardWeight(x, y),
};
