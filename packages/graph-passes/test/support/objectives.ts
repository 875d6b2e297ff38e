// The objectives of score matching, each in the forms that make different programs.
import { denoising, gaussian, implicit, type mlp, type Objective, sliced } from "@cotangent/losses";

export const objectives: Readonly<Record<string, (network: ReturnType<typeof mlp>) => Objective>> =
  {
    denoising: ({ score }) => denoising(score, { noise: gaussian(0.5) }),
    sliced: ({ score }) => sliced(score),
    "sliced, three directions": ({ score }) => sliced(score, { projections: 3 }),
    "implicit by contraction": ({ score }) => implicit(score),
    "implicit by d JVPs": ({ score }) => implicit(score, { useContraction: false }),
  };
