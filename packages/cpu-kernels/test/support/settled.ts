// Waits for the threads of a compiled function.
import type { Compiled } from "@cotangent/cpu-kernels";
import { expect } from "vitest";

/** Calls until as many threads take part as were asked for: they join when they have started. */
export async function settled(step: Compiled, call: () => unknown, threads: number): Promise<void> {
  call();
  for (let i = 0; i < 500 && step.stats().threads < threads; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    call();
  }
  expect(step.stats().threads).toBe(threads);
}
