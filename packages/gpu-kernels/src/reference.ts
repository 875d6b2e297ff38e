// What every kernel means: plain TypeScript in f64, one function a kernel, its equation as code.
//
//   reference.denseForward(options, inputs) → values, flat and row-major
//
// They take the kernels' own options and inputs by the same names. The contract suite holds every
// backend to them. Speed is no aim.
import { contractions } from "./reference/contractions.ts";
import { draws } from "./reference/draws.ts";
import { losses } from "./reference/losses.ts";
import { network } from "./reference/network.ts";
import type { References } from "./reference/types.ts";
import { updates } from "./reference/updates.ts";

export type { KernelName, References } from "./reference/types.ts";

/** The references of all kernels, by the name of the function that makes the kernel. */
export const reference: References = {
  ...network,
  ...losses,
  ...updates,
  ...draws,
  ...contractions,
};
