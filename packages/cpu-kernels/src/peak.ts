// The most that one core of this host multiplies and adds in WebAssembly: what times are measured against.
//
//   share of the peak = (flops of the work / its time) / (flops / time of run)
import { type Float, peak, peakFlops } from "./matmul/index.ts";
import { hasRelaxedSimd, ModuleBuilder } from "./wasm/index.ts";

/** A loop of multiply-adds in registers, to be timed among other work. */
export interface PeakLoop {
  /** Of one run: about a millisecond's worth. */
  readonly flops: number;
  /** Whether multiply-adds are fused: relaxed SIMD. */
  readonly isFused: boolean;
  run(): void;
}

/** Compiles the loop: independent chains c ← c x + y of whole vectors, and no memory. */
export function peakLoop(dtype: Float = "f32"): PeakLoop {
  const turns = 100_000;
  const isFused = hasRelaxedSimd();
  const module = new ModuleBuilder();
  module.export("peak", peak(module, dtype, isFused));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()));
  const loop = exports.peak as (turns: number) => number;
  return { flops: turns * peakFlops(dtype), isFused, run: () => void loop(turns) };
}
