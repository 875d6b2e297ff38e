// jvp pushes tangents forward along a function: f, x, ẋ → f(x), ∂f(x) ẋ.
//
//   y = f(x),  ẏ = ∂f(x) ẋ
//
// A tracer is a dual number { primal, tangent }; null tangents are symbolic zeros, so no zero is computed.
import { formatSpec, isFloat, sameShape, type Spec } from "./array.ts";
import { bind, currentInterpreter, withInterpreter } from "./interpreter.ts";
import type { Params, Primitive, Tangent } from "./primitive.ts";
import { broadcastTo } from "./primitives/shape.ts";
import { astype, scalar } from "./primitives/cast.ts";
import { type Interpreter, Tensor } from "./tensor.ts";
import { checkSynchronous } from "./trace.ts";
import { checkSameStructure, flatten, type Tensors, type TensorsLike, unflatten } from "./tree.ts";

interface Dual {
  readonly primal: Tensor;
  readonly tangent: Tensor;
}

class DualNumbers implements Interpreter {
  readonly name = "jvp";
  readonly #outer: Interpreter = currentInterpreter();

  primal = (x: Tensor): Tensor => (x.interpreter === this ? (x.payload as Dual).primal : x);
  tangent = (x: Tensor): Tangent => (x.interpreter === this ? (x.payload as Dual).tangent : null);
  dual = (primal: Tensor, tangent: Tangent): Tensor =>
    tangent === null ? primal : new Tensor(primal.shape, primal.dtype, { primal, tangent }, this);

  process(primitive: Primitive, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    return withInterpreter(this.#outer, () => {
      const primals = inputs.map(this.primal);
      const tangents = inputs.map(this.tangent);
      if (tangents.every((xDot) => xDot === null)) return bind(primitive, primals, params);
      const y = primitive.jvp(primals, tangents, params);
      return y.outputs.map((primal, i) => this.dual(primal, y.tangents[i] as Tangent));
    });
  }

  reveal = (tracer: Tensor): Tensor => {
    const primal = this.primal(tracer);
    return primal.interpreter === null ? primal : primal.interpreter.reveal(primal);
  };
}

/** jvp of a function between flat lists; null tangents in and out are symbolic zeros. */
export function jvpFlat(
  f: (inputs: Tensor[]) => readonly Tensor[],
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
): { outputs: Tensor[]; tangents: Tangent[] } {
  const duals = new DualNumbers();
  const results = withInterpreter(duals, () =>
    f(primals.map((x, i) => duals.dual(x, tangents[i] as Tangent))),
  );
  return { outputs: results.map(duals.primal), tangents: results.map(duals.tangent) };
}

export const zerosLike = ({ shape, dtype }: Spec): Tensor => broadcastTo(scalar(0, dtype), shape);
export const instantiate = (tangent: Tangent, spec: Spec): Tensor => tangent ?? zerosLike(spec);

/** Tangents or cotangents given by a user: checked against what they belong to; null for integers. */
export function checkTangents(
  operation: string,
  role: string,
  specs: readonly Spec[],
  given: readonly Tensor[],
): Tangent[] {
  return given.map((xDot, i) => {
    const spec = specs[i] as Spec;
    if (!sameShape(spec.shape, xDot.shape))
      throw new TypeError(
        `${operation}: ${role} ${i} is ${formatSpec(xDot)}, expected the shape of ${formatSpec(spec)}`,
      );
    return isFloat(spec.dtype) ? astype(xDot, spec.dtype) : null;
  });
}

/** A function of trees as one between flat lists, with the structure of its last result. */
export function flatFunction(
  operation: string,
  f: (...args: never[]) => unknown,
  structure: ReturnType<typeof flatten>["structure"],
): {
  run: (inputs: readonly Tensor[]) => Tensor[];
  outTree: () => ReturnType<typeof flatten>["structure"];
} {
  let outTree: ReturnType<typeof flatten>["structure"] = null;
  const run = (inputs: readonly Tensor[]) => {
    const result = flatten(
      checkSynchronous(operation, f(...(unflatten(structure, inputs) as never[]))),
    );
    outTree = result.structure;
    return result.leaves;
  };
  return { run, outTree: () => outTree };
}

/**
 * The value and the directional derivative of `f` at `primals` along `tangents`: [y, ẏ].
 *
 * Tangents have the trees and shapes of the primals; those of integer inputs are ignored.
 */
export function jvp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: TensorsLike<A>,
  tangents: TensorsLike<A>,
): [Tensors<R>, Tensors<R>] {
  const x = flatten(primals);
  const given = flatten(tangents);
  checkSameStructure("jvp", x.structure, given.structure, "the list of tangents");
  const { run, outTree } = flatFunction("jvp", f as (...args: never[]) => unknown, x.structure);
  const y = jvpFlat(run, x.leaves, checkTangents("jvp", "tangent", x.leaves, given.leaves));
  const yDot = y.outputs.map((output, i) => instantiate(y.tangents[i] as Tangent, output));
  return [unflatten(outTree(), y.outputs) as Tensors<R>, unflatten(outTree(), yDot) as Tensors<R>];
}
