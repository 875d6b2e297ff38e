// The parameters of a network: the engine's trees outside, flat f32 arrays on the way to a device.
//
//   { layers: [{ weight: [in, out], bias: [out] }, …] }     as @cotangent/losses' mlp makes them
import { Tensor, tensor } from "@cotangent/autodiff";
import { formatShape } from "../errors.ts";
import type { Shape } from "../template.ts";

/** One affine map: x W + b. weight: [in, out], bias: [out]. */
export type Layer = { readonly weight: Tensor; readonly bias: Tensor };
/** Parameters of a network, from the input to the output; gradients have the same form. */
export type MlpParams = { readonly layers: readonly Layer[] };

/** The parameter arrays of a network by name: weight0, bias0, weight1, … */
export type ParamName = `weight${number}` | `bias${number}`;

/** The shape of every parameter array. */
export function paramShapes(sizes: readonly number[]): Record<ParamName, Shape> {
  const entries = sizes.slice(1).flatMap((outputs, l): [ParamName, Shape][] => [
    [`weight${l}`, [sizes[l] ?? 0, outputs]],
    [`bias${l}`, [outputs]],
  ]);
  return Object.fromEntries(entries) as Record<ParamName, Shape>;
}

/** The arrays in f32; throws, naming the place, if they are not those of `sizes`. */
export function paramArrays(
  operation: string,
  sizes: readonly number[],
  params: MlpParams,
): Record<ParamName, Float32Array> {
  if (params?.layers?.length !== sizes.length - 1)
    throw new TypeError(
      `${operation}: expected parameters { layers: [${sizes.length - 1} × { weight, bias }] }, got ${params?.layers?.length ?? "no"} layers; make them with mlp({ sizes: [${sizes}] }).init(key) of @cotangent/losses`,
    );
  const entries = params.layers.flatMap((layer, l) =>
    (["weight", "bias"] as const).map((role) => {
      const shape = paramShapes(sizes)[`${role}${l}`] ?? [0];
      return [`${role}${l}`, arrayOf(operation, `layers[${l}].${role}`, layer[role], shape)];
    }),
  );
  return Object.fromEntries(entries) as Record<ParamName, Float32Array>;
}

/** A tree of parameters, or of gradients, from arrays of any float type. */
export function paramTree(
  sizes: readonly number[],
  arrays: Readonly<Record<ParamName, Float32Array | Float64Array>>,
): MlpParams {
  const leaf = (name: ParamName, shape: Shape): Tensor =>
    tensor(Float32Array.from(arrays[name] ?? []), { shape: [...shape] });
  const layers = sizes.slice(1).map((outputs, l) => ({
    weight: leaf(`weight${l}`, [sizes[l] ?? 0, outputs]),
    bias: leaf(`bias${l}`, [outputs]),
  }));
  return { layers };
}

/** A tensor's numbers in f32; throws unless it has this shape. */
export function arrayOf(
  operation: string,
  name: string,
  value: Tensor,
  shape: readonly number[],
): Float32Array {
  if (value instanceof Tensor && value.shape.join() === shape.join())
    return Float32Array.from(value.data);
  const got = value instanceof Tensor ? formatShape(value.shape) : typeof value;
  throw new TypeError(`${operation}: expected ${name} ${formatShape(shape)}, got ${got}`);
}
