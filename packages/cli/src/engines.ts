/** The engines that train and sample, by the name that --engine takes. */

import { cpuEngine } from "@cotangent/cpu-kernels";
import { type Engine, interpreter } from "@cotangent/training";
import { Option } from "commander";

export const engineNames = ["cpu", "interpreter"] as const;
export type EngineName = (typeof engineNames)[number];

/** --engine: what runs the steps. */
export function engineOption(): Option {
  return new Option(
    "--engine <name>",
    "cpu: steps compiled to WebAssembly; interpreter: operation by operation",
  )
    .choices(engineNames)
    .default("cpu");
}

/** A new engine of that name. */
export const engineOf = (name: EngineName): Engine => (name === "cpu" ? cpuEngine() : interpreter);
