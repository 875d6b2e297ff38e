/** The engines that train and sample, by the names that --engine takes, and the backends of one of them. */

import { cpuEngine } from "@cotangent/cpu-kernels";
import { type Engine, interpreter } from "@cotangent/training";
import { Option } from "commander";

/** Those that answer at once, and so can do everything. */
export const engineNames = ["cpu", "interpreter"] as const;
export type EngineName = (typeof engineNames)[number];

/** Those that take training steps. */
export const trainingEngineNames = ["cpu", "interpreter", "gpu"] as const;
export type TrainingEngineName = (typeof trainingEngineNames)[number];

/** Where --engine gpu runs, best first. */
export const backendNames = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"] as const;
export type BackendName = (typeof backendNames)[number];

const words = {
  cpu: "cpu: steps compiled to WebAssembly",
  interpreter: "interpreter: operation by operation",
  gpu: "gpu: on gpu.js, which you install",
} as const;

/** --engine: what runs the steps. */
export function engineOption(names: readonly TrainingEngineName[] = engineNames): Option {
  return new Option("--engine <name>", names.map((name) => words[name]).join("; "))
    .choices(names)
    .default("cpu");
}

/** --backend: where --engine gpu runs. */
export function backendOption(): Option {
  const description = "where --engine gpu runs; webgl2: in browsers (default: auto, what answers)";
  return new Option("--backend <name>", description).choices(["auto", ...backendNames]);
}

/** A new engine of that name. */
export const engineOf = (name: EngineName): Engine => (name === "cpu" ? cpuEngine() : interpreter);
