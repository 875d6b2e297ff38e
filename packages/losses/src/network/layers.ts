// The parameters of a multilayer perceptron, and its forward pass.
//
//   h_0 = x,  a_l = h_{l−1} W_l + b_l,  h_l = φ(a_l),  output a_L       W_l: [in, out]
import { add, matmul, mul, random, Tensor, type Tree, zeros } from "@cotangent/autodiff";
import { type FloatDType, formatShape, requireCount } from "../preconditions.ts";
import { withSlope } from "./activation.ts";

/** One affine map: x W + b. weight: [in, out], bias: [out]. */
export type Layer = { readonly weight: Tensor; readonly bias: Tensor };
/** Parameters of an mlp, from the input to the output. */
export type MlpParams = { readonly layers: readonly Layer[] };

/** W ~ N(0, 1/in), b = 0 (LeCun, Bottou, Orr & Müller 1998, section 4.6). */
export function initialLayers(key: Tensor, sizes: readonly number[], dtype: FloatDType): Layer[] {
  return sizes.slice(1).map((out, l) => {
    const fanIn = sizes[l] ?? 1;
    const weight = random.normal(random.foldIn(key, l), [fanIn, out], { dtype });
    return { weight: mul(1 / Math.sqrt(fanIn), weight), bias: zeros([out], { dtype }) };
  });
}

/** Throws unless `sizes` lists at least an input and an output width, all whole numbers ≥ 1. */
export function requireSizes(operation: string, sizes: readonly number[]): readonly number[] {
  if (!Array.isArray(sizes) || sizes.length < 2)
    throw new TypeError(
      `${operation}: expected sizes [input, ...hidden, output], got [${sizes}]; a linear map in d dimensions is [d, d]`,
    );
  const remedy = "a width counts the units of a layer";
  for (const [l, width] of sizes.entries()) requireCount(operation, `sizes[${l}]`, width, remedy);
  return sizes;
}

const isRecord = (node: Tree | undefined): node is { readonly [key: string]: Tree } =>
  typeof node === "object" && !(node instanceof Tensor) && !Array.isArray(node);
const isList = (node: Tree | undefined): node is readonly Tree[] => Array.isArray(node);

/** Reads the layers out of a parameter tree; throws, naming the place, if they are not `sizes`'. */
export function layersOf(
  operation: string,
  params: Tree,
  sizes: readonly number[],
): readonly Layer[] {
  const layers = isRecord(params) ? params.layers : undefined;
  if (!isList(layers) || layers.length !== sizes.length - 1)
    throw new TypeError(
      `${operation}: expected parameters { layers: [${sizes.length - 1} × { weight, bias }] }, got ${isList(layers) ? `${layers.length} layers` : "a tree without a list of layers"}; make them with init(key), or load those of the same sizes [${sizes}]`,
    );
  return layers.map((layer, l) => {
    const read = (name: string, shape: readonly number[]): Tensor => {
      const value = isRecord(layer) ? layer[name] : undefined;
      if (value instanceof Tensor && value.shape.join() === shape.join()) return value;
      throw new TypeError(
        `${operation}: expected layers[${l}].${name} to be ${formatShape(shape)}, got ${value instanceof Tensor ? formatShape(value.shape) : typeof value}; the parameters belong to other sizes than [${sizes}]`,
      );
    };
    const [fanIn, out] = [sizes[l] ?? 0, sizes[l + 1] ?? 0];
    return { weight: read("weight", [fanIn, out]), bias: read("bias", [out]) };
  });
}

/** The network's output. x: [B, in] → [B, out]. */
export function forward(layers: readonly Layer[], phi: (a: Tensor) => Tensor, x: Tensor): Tensor {
  return layers.reduce((h, { weight, bias }, l) => {
    const a = add(matmul(h, weight), bias);
    return l === layers.length - 1 ? a : phi(a);
  }, x);
}

/** The output, and φ′(a_l): [B, width] of each hidden layer: the diagonals of the Jacobian's factors. */
export function forwardWithSlopes(
  layers: readonly Layer[],
  phi: (a: Tensor) => Tensor,
  x: Tensor,
): { readonly output: Tensor; readonly slopes: readonly Tensor[] } {
  const slopes: Tensor[] = [];
  const output = layers.reduce((h, { weight, bias }, l) => {
    const a = add(matmul(h, weight), bias);
    if (l === layers.length - 1) return a;
    const [next, slope] = withSlope(phi, a);
    slopes.push(slope);
    return next;
  }, x);
  return { output, slopes };
}
