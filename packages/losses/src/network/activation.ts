// Activations by name, or any elementwise function of the engine's operations.
//
//   φ: a ↦ φ(a), applied to each element;   φ′ by one tangent of ones
import {
  broadcastTo,
  gelu,
  jvp,
  relu,
  sigmoid,
  silu,
  softplus,
  type Tensor,
  tanh,
  tensor,
} from "@cotangent/autodiff";

/** Activations that have a name. */
export type ActivationName =
  | "tanh"
  | "softplus"
  | "silu"
  | "gelu"
  | "sigmoid"
  | "relu"
  | "identity";

const named: { readonly [Name in ActivationName]: (a: Tensor) => Tensor } = {
  tanh,
  softplus,
  silu,
  gelu,
  sigmoid,
  relu,
  identity: (a) => a,
};

/** An activation by name, or a function that acts on each element alone. */
export type Activation = ActivationName | ((a: Tensor) => Tensor);

/** The function an activation stands for; throws if it is unknown or mixes elements. */
export function activationFunction(
  operation: string,
  activation: Activation,
): (a: Tensor) => Tensor {
  if (typeof activation === "function") return requireElementwise(operation, activation);
  if (Object.hasOwn(named, activation)) return named[activation];
  throw new TypeError(
    `${operation}: expected an activation, one of ${Object.keys(named).join(", ")} or a function, got ${JSON.stringify(activation)}`,
  );
}

/** [φ(a), φ′(a)], both shaped as a. */
export function withSlope(phi: (a: Tensor) => Tensor, a: Tensor): readonly [Tensor, Tensor] {
  // Ones by broadcasting: a traced graph then holds one number, not a batch of them.
  return jvp(phi, [a], [broadcastTo(tensor(1, { dtype: a.dtype }), a.shape)]);
}

/** Throws if a tangent of one element reaches another: the trace takes φ′ to be diagonal. */
function requireElementwise(operation: string, phi: (a: Tensor) => Tensor): (a: Tensor) => Tensor {
  const [y, yDot] = jvp(phi, [tensor([[0.3, -0.7, 1.1]])], [tensor([[1, 0, 0]])]);
  const leaks = y.shape.join() !== "1,3" || yDot.data.slice(1).some((value) => value !== 0);
  if (leaks)
    throw new TypeError(
      `${operation}: expected an activation that acts on each element alone, got a function under which element 0 changes element 1 or the shape; ` +
        "write normalisation and softmax as part of a score function of your own",
    );
  return phi;
}
