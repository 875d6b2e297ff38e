// The in-register f32x4 peak of this core on this Node: cpu-kernels' own measure, which it does not export.
//
//   twelve chains c ← c x + y in registers; nothing is loaded or stored
import { peak as build, peakFlops } from "../../../../packages/cpu-kernels/dist/matmul/peak.js";
import { hasRelaxedSimd, ModuleBuilder } from "../../../../packages/cpu-kernels/dist/wasm/index.js";

let loop: ((turns: number) => number) | undefined;

/** GFLOP/s over some 10 ms: like any sample, and as disturbed as its neighbours. */
export function peak(): number {
  loop ??= instantiate();
  const turns = 1_000_000;
  const start = performance.now();
  loop(turns);
  return (peakFlops("f32") * turns) / (performance.now() - start) / 1e6;
}

function instantiate(): (turns: number) => number {
  const m = new ModuleBuilder();
  m.export("peak", build(m, "f32", hasRelaxedSimd()));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()));
  const run = exports.peak as (turns: number) => number;
  // Runs once through the first, slow tier, after which the optimised code is there.
  for (let i = 0; i < 20; i++) run(20_000);
  return run;
}
