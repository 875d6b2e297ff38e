// Stochastic gradient descent with momentum: the velocity, then the step.
//
//   v' = μ v + g        p' = p − η f(t) v'        (v' = g without momentum)
//
// p, g, v: any shape; rates: [steps, 2] holds η f(t) of each step first, at: [1] says which.
// Source: Sutskever et al. 2013, in the form of PyTorch's torch.optim.SGD.
import { type KernelText, kernelText, literal, ownElement } from "../template.ts";
import type { Elementwise, Update } from "./sizes.ts";

/** μ v + g. */
export function sgdVelocity({
  shape,
  momentum,
}: Elementwise & { readonly momentum: number }): KernelText<"v" | "g"> {
  const here = ownElement(shape);
  return kernelText({
    name: "sgd-velocity",
    inputs: { v: shape, g: shape },
    output: shape,
    body: `return ${literal(momentum)} * v${here} + g${here};`,
  });
}

/** p − η f(t) v. */
export function sgdUpdate({ shape, steps }: Update): KernelText<"p" | "v" | "rates" | "at"> {
  const here = ownElement(shape);
  return kernelText({
    name: "sgd-update",
    inputs: { p: shape, v: shape, rates: [steps, 2], at: [1] },
    output: shape,
    body: `
const step = at[0];
return p${here} - rates[step][0] * v${here};`,
  });
}
