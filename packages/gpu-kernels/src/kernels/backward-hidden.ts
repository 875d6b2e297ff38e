// The cotangent of a hidden layer's a, where h = φ(a) feeds the next layer, and where a loss may also
// depend on the slope φ′(a), whose cotangent is slopeBar:
//
//   aBar[b][k] = φ′(a[b][k]) Σ_j yBar[b][j] W[k][j]  +  φ″(a[b][k]) slopeBar[b][k]
//
// a, slopeBar: [batch, inputs]; yBar: [batch, outputs]. The second term is what makes a loss of
// second order: sliced and implicit score matching depend on the slopes, denoising does not. Where φ″
// is zero everywhere (relu) the term is absent, not 0 times something: `backwardHidden` serves.
import { type KernelText, kernelText, sum } from "../template.ts";
import { type ActivationName, activationText, type CurvedActivation } from "./activation-text.ts";
import type { DenseSizes } from "./sizes.ts";

/** A dense layer that follows an activation. */
export type HiddenDenseSizes = DenseSizes & { readonly activation: ActivationName };

const inputsOf = ({ batch, inputs, outputs }: DenseSizes) =>
  ({ yBar: [batch, outputs], weight: [inputs, outputs], a: [batch, inputs] }) as const;

/** φ′(a) ∘ (yBar Wᵀ): [batch, inputs]. */
export function backwardHidden(sizes: HiddenDenseSizes): KernelText<"yBar" | "weight" | "a"> {
  const { batch, inputs, outputs, activation } = sizes;
  const slope = activationText(activation, 1);
  return kernelText({
    name: "backward-hidden",
    inputs: inputsOf(sizes),
    output: [batch, inputs],
    functions: [slope],
    body: `
${sum("total", "j", outputs, "yBar[row][j] * weight[column][j]")}
return ${slope.name}(a[row][column]) * total;`,
  });
}

/** φ′(a) ∘ (yBar Wᵀ) + φ″(a) ∘ slopeBar: [batch, inputs]. */
export function backwardCurved(
  sizes: DenseSizes & { readonly activation: CurvedActivation },
): KernelText<"yBar" | "weight" | "a" | "slopeBar"> {
  const { batch, inputs, outputs, activation } = sizes;
  const [slope, curvature] = [activationText(activation, 1), activationText(activation, 2)];
  return kernelText({
    name: "backward-curved",
    inputs: { ...inputsOf(sizes), slopeBar: [batch, inputs] },
    output: [batch, inputs],
    functions: [slope, curvature],
    body: `
${sum("total", "j", outputs, "yBar[row][j] * weight[column][j]")}
const here = a[row][column];
return ${slope.name}(here) * total + ${curvature.name}(here) * slopeBar[row][column];`,
  });
}
