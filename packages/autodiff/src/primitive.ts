// A primitive: one operation, and everything that any transformation needs to know of it.
//
//   shape      specs of the inputs → spec of the output      (traced graphs)
//   evaluate   arrays → array                                (the interpreter: the definition)
//   jvp        x, ẋ → ẏ                                      (forward mode; linearize)
//   transpose  ȳ → x̄, for inputs that the output is linear in (reverse mode)
//   batch      inputs with a leading axis → output with one   (vmap)
//
// Every field is required: what does not exist is written (`notLinear`, `zeroTangent`).
import type { NDArray, Spec } from "./array.ts";
import { fail } from "./errors.ts";
import type { Tensor } from "./tensor.ts";

/** Static arguments of a primitive, such as axes: never differentiated, equal by their JSON text. */
export type Params = Readonly<Record<string, unknown>>;
/** A tangent or cotangent; null is the symbolic zero. */
export type Tangent = Tensor | null;
/** An input of a linear equation: a tensor whose value is known, or the spec of a linear one. */
export type LinearInput = Tensor | Spec;
type Tensors = readonly Tensor[];
type Flags = readonly boolean[];
/** Outputs with their tangents. */
export interface Duals {
  readonly outputs: Tensors;
  readonly tangents: readonly Tangent[];
}

/** Several outputs; the form that interpreters use. */
export interface Primitive<P = Params> {
  readonly name: string;
  shape(inputs: readonly Spec[], params: P): readonly Spec[];
  evaluate(inputs: readonly NDArray[], outputs: readonly Spec[], params: P): readonly NDArray[];
  jvp(primals: Tensors, tangents: readonly Tangent[], params: P): Duals;
  transpose(
    yBars: readonly Tangent[],
    inputs: readonly LinearInput[],
    params: P,
  ): readonly Tangent[];
  /** `mapped[i]` says whether input i has the batch as axis 0; every output must. */
  batch(inputs: Tensors, mapped: Flags, size: number, params: P): Tensors;
}

/** The record of a primitive with one output: what people write. */
export interface PrimitiveRecord<P> {
  /** Unique; what a printed graph shows. */
  readonly name: string;
  shape(inputs: readonly Spec[], params: P): Spec;
  evaluate(inputs: readonly NDArray[], output: Spec, params: P): NDArray;
  /** ẏ from the tangents (null = symbolic zero; at least one is not), the primals and y itself. */
  jvp(tangents: readonly Tangent[], primals: Tensors, y: Tensor, params: P): Tangent;
  /** One cotangent an input; null for inputs that are not linear (they are Tensors in `inputs`). */
  transpose(yBar: Tensor, inputs: readonly LinearInput[], params: P): readonly Tangent[];
  batch(inputs: Tensors, mapped: Flags, size: number, params: P): Tensor;
}

/** What `primitive(record)` gives: the function that applies it, with the primitive itself. */
export type PrimitiveFunction<P> = ((inputs: Tensors, params: P) => Tensor) & {
  readonly primitive: Primitive;
};

/** `jvp: zeroTangent`: the output is piecewise constant, or not a float. */
export const zeroTangent = (): null => null;

/** `transpose: notLinear("exp")`: the primitive is linear in none of its inputs. */
export const notLinear =
  (name: string): ((yBar: Spec) => never) =>
  (yBar) => {
    throw fail`transpose: ${name} (output ${yBar}) is not linear in its inputs; expected a linear function: linearize it first, or use vjp`;
  };
