// Adam, one parameter array at a time; m and v are its running means of the gradient g and of g²:
//
//   m' = β₁ m + (1 − β₁) g        v' = β₂ v + (1 − β₂) g²
//   p' = p − η₁ m'/(√(v' c₂) + ε),   η₁ = η f(t)/(1 − β₁ᵗ⁺¹),  c₂ = 1/(1 − β₂ᵗ⁺¹)
//
// p, g, m, v: any shape; rates: [steps, 2] holds η₁, c₂ of each step, and at: [1] which one, so that
// the many steps of one pipeline share a kernel. Source: Kingma & Ba 2015, algorithm 1.
import { type KernelText, kernelText, literal, ownElement } from "../template.ts";
import type { RunningMean, Update } from "./sizes.ts";

/** decay·mean + (1 − decay)·g: Adam's m'. */
export function meanGradient({ shape, decay }: RunningMean): KernelText<"mean" | "g"> {
  const here = ownElement(shape);
  return kernelText({
    name: "mean-gradient",
    inputs: { mean: shape, g: shape },
    output: shape,
    body: `return ${literal(decay)} * mean${here} + ${literal(1 - decay)} * g${here};`,
  });
}

/** decay·mean + (1 − decay)·g²: Adam's v'. */
export function meanSquare({ shape, decay }: RunningMean): KernelText<"mean" | "g"> {
  const here = ownElement(shape);
  return kernelText({
    name: "mean-square",
    inputs: { mean: shape, g: shape },
    output: shape,
    body: `
const slope = g${here};
return ${literal(decay)} * mean${here} + ${literal(1 - decay)} * slope * slope;`,
  });
}

/** p − η₁ m/(√(v c₂) + ε), from the new m and v. */
export function adamUpdate({
  shape,
  steps,
  epsilon,
}: Update & { readonly epsilon: number }): KernelText<"p" | "m" | "v" | "rates" | "at"> {
  const here = ownElement(shape);
  return kernelText({
    name: "adam-update",
    inputs: { p: shape, m: shape, v: shape, rates: [steps, 2], at: [1] },
    output: shape,
    body: `
const step = at[0];
const size = Math.sqrt(v${here} * rates[step][1]) + ${literal(epsilon)};
return p${here} - rates[step][0] * m${here} / size;`,
  });
}
