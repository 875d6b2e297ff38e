// jvp pushes tangents forward along a function: f, x, ẋ → f(x), ∂f(x) ẋ.
//
//   y = f(x),  ẏ = ∂f(x) ẋ
//
// A tracer is a dual number { primal, tangent }; null tangents are symbolic zeros, so no zero is computed.
import { isFloat, type Spec, sameShape } from "./array.ts";
import { fail } from "./errors.ts";
import { bind, currentInterpreter, type Interpreter, withInterpreter } from "./interpreter.ts";
import type { Duals, Params, Primitive, Tangent } from "./primitive.ts";
import { broadcastIfNeeded } from "./primitives/broadcast.ts";
import { astype, scalar } from "./primitives/cast.ts";
import { Tensor } from "./tensor.ts";
import { type AnyFunction, Flat, type FlatFunction } from "./trace.ts";
import {
  type Arguments,
  checkStructure,
  flatten,
  type Structure,
  type Tensors,
  type TensorsLike,
  unflatten,
} from "./tree.ts";

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
    tangent ? new Tensor(primal.shape, primal.dtype, { primal, tangent }, this) : primal;

  process(primitive: Primitive, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    return withInterpreter(this.#outer, () => {
      const [primals, tangents] = [inputs.map(this.primal), inputs.map(this.tangent)];
      if (tangents.every((xDot) => xDot === null)) return bind(primitive, primals, params);
      const y = primitive.jvp(primals, tangents, params);
      return y.outputs.map((primal, i) => this.dual(primal, y.tangents[i]!));
    });
  }

  reveal(tracer: Tensor): Tensor {
    const primal = this.primal(tracer);
    return primal.interpreter?.reveal(primal) ?? primal;
  }
}

/** jvp of a function between flat lists; null tangents in and out are symbolic zeros. */
export function jvpFlat(
  f: FlatFunction,
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
): Duals {
  const duals = new DualNumbers();
  const inputs = primals.map((x, i) => duals.dual(x, tangents[i]!));
  const results = withInterpreter(duals, () => f(inputs));
  return { outputs: results.map(duals.primal), tangents: results.map(duals.tangent) };
}

/** Tensors for tangents, with zeros for symbolic ones. */
export const instantiate = (tangents: readonly Tangent[], specs: readonly Spec[]): Tensor[] =>
  specs.map(({ shape, dtype }, i) => tangents[i] ?? broadcastIfNeeded(scalar(0, dtype), shape));

/** Tangents or cotangents given by a user, checked against what they belong to; null for integers. */
export function checkTangents(
  operation: string,
  role: string,
  { specs, structure }: { readonly specs: readonly Spec[]; readonly structure: Structure },
  tree: unknown,
): Tangent[] {
  const given = flatten(tree, operation);
  checkStructure(operation, `the ${role}`, structure, given.structure);
  return given.leaves.map((xDot, i) => {
    const spec = specs[i]!;
    if (!sameShape(spec.shape, xDot.shape))
      throw fail`${operation}: ${role} ${i} is ${xDot}, expected the shape of ${spec}`;
    return isFloat(spec.dtype) ? astype(xDot, spec.dtype) : null;
  });
}

/**
 * The value and the directional derivative of `f` at `primals` along `tangents`: [y, ẏ].
 *
 * Tangents have the trees and shapes of the primals; those of integer inputs are ignored.
 */
export function jvp<A extends Arguments, R>(
  f: (...args: A) => R,
  primals: NoInfer<TensorsLike<A>>,
  tangents: NoInfer<TensorsLike<A>>,
): [Tensors<R>, Tensors<R>] {
  const { leaves: specs, structure } = flatten(primals, "jvp");
  const flat = new Flat("jvp", f as AnyFunction, structure);
  const xDot = checkTangents("jvp", "tangent", { specs, structure }, tangents);
  const y = jvpFlat(flat.run, specs, xDot);
  const both = [y.outputs, instantiate(y.tangents, y.outputs)];
  return both.map((list) => unflatten(flat.outTree, list)) as [Tensors<R>, Tensors<R>];
}
