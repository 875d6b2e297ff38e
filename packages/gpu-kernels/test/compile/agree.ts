// judge.ts as an assertion.
import type { Tree } from "@cotangent/autodiff";
import { expect } from "vitest";
import type { CompileOptions } from "../../src/compile/index.ts";
import type { TestedBackend } from "../support/backends.ts";
import { disagreement, type F } from "./judge.ts";

export type { F } from "./judge.ts";

/** Throws unless the compiled function agrees with the interpreter at `args`. */
export async function expectAgrees(
  { device, tolerance }: Pick<TestedBackend, "device" | "tolerance">,
  f: F,
  args: readonly Tree[],
  options: CompileOptions = {},
): Promise<void> {
  const wrong = await disagreement(device, tolerance, f, args, options);
  if (wrong !== null) expect.fail(wrong);
}
