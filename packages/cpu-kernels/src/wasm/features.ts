// What this host's WebAssembly can do, asked by validating a module of one instruction. A version number would be a
// guess: the same engine runs with and without a feature, by flag and by processor.

import { i32, splat } from "./constants.ts";
import { drop } from "./control.ts";
import { access, op } from "./expr.ts";
import { ModuleBuilder } from "./module.ts";
import type { MemoryOptions } from "./module-parts.ts";
import type { Expr } from "./nodes.ts";

function validates(statement: () => Expr, memory: MemoryOptions = { pages: 1 }): boolean {
  const m = new ModuleBuilder({ memory });
  m.function("probe", {}, (fb) => fb.push(statement()));
  return WebAssembly.validate(m.toBytes());
}

const answers = new Map<string, boolean>();
function once(name: string, probe: () => boolean): boolean {
  if (!answers.has(name)) answers.set(name, probe());
  return answers.get(name)!;
}

/** Whether there are 128-bit vectors. */
export function hasSimd(): boolean {
  return once("simd", () => validates(() => drop(splat("f32x4", 0))));
}

/** Whether there is a fused (or, on old processors, unfused) multiply-add in one instruction. */
export function hasRelaxedSimd(): boolean {
  const zero = splat("f32x4", 0);
  return once("relaxed", () => validates(() => drop(op("f32x4.relaxed_madd", zero, zero, zero))));
}

/** Whether memory can be shared and waited on. */
export function hasThreads(): boolean {
  const memory = { pages: 1, maximum: 1, shared: true };
  const wake = (): Expr => drop(access("memory.atomic.notify", [i32(0), i32(0)]));
  return once("threads", () => validates(wake, memory) && typeof SharedArrayBuffer === "function");
}
