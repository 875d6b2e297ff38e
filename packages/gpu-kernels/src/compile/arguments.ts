// Arguments as flat arrays, copied when a call is made, and the key of what was compiled for them.
import {
  type DType,
  type Spec,
  type Structure,
  Tensor,
  type TypedArray,
  tree,
} from "@cotangent/autodiff";
import { compileError } from "./compile-error.ts";

/** A list of trees: one structure each, and all their leaves in order. */
export interface Sampled {
  readonly structures: readonly Structure[];
  readonly specs: readonly Spec[];
  readonly leaves: readonly TypedArray[];
}

/** The device computes in f32. */
export const asSingle = (dtype: DType): DType => (dtype === "f64" ? "f32" : dtype);

/** A copy of data in the dtype that it has on the device's side of the host. */
export const copyAs = (dtype: DType, data: TypedArray): TypedArray =>
  asSingle(dtype) === "f32" ? Float32Array.from(data) : data.slice();

/** A tracer has no value to compute with, and none that may be read: its derivative would be lost. */
function checkConcrete({ interpreter }: Tensor): void {
  if (interpreter === null) return;
  const { name } = interpreter;
  throw compileError(
    name === "trace" || name === "checkpoint"
      ? `a compiled function got a value traced by ${name}; expected concrete tensors: call the function that you compiled there, it becomes part of what is traced`
      : `a compiled function got a value traced by ${name}; expected concrete tensors: transform the function first, then compile: compile(device, ${name === "jvp" ? "grad(f)), or compile(device, (x, v) => jvp(f, [x], [v])" : `${name}(f)`})`,
  );
}

/** Copies arguments. Throws for what is no tree of tensors, and for tracers. */
export function sample(args: readonly unknown[]): Sampled {
  const parts = args.map((arg) => tree.flatten(arg, "compile: an argument"));
  const tensors = parts.flatMap(({ leaves }) => leaves);
  tensors.forEach(checkConcrete);
  return {
    structures: parts.map(({ structure }) => structure),
    specs: tensors.map(({ shape, dtype }) => ({ shape, dtype: asSingle(dtype) })),
    leaves: tensors.map(({ dtype, data }) => copyAs(dtype, data)),
  };
}

export const joined = (a: Sampled, b: Sampled): Sampled => ({
  structures: [...a.structures, ...b.structures],
  specs: [...a.specs, ...b.specs],
  leaves: [...a.leaves, ...b.leaves],
});

/** Equal for arguments that one program serves. */
export const keyOf = ({ structures, specs }: Sampled): string =>
  JSON.stringify([structures, specs.map(({ shape, dtype }) => [dtype, ...shape])]);

/** Tensors of these specs, without data. */
export const standIns = (specs: readonly Spec[]): Tensor[] =>
  specs.map(({ shape, dtype }) => new Tensor(shape, dtype, null));
