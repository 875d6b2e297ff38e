// Matchers for Vitest and Jest: `expect.extend(matchers)`, then `expect(f).toHaveCorrectGrads([x])`.
//
//   import * as matchers from "@cotangent/gradcheck/matchers";
//
// Both runners read the types of matchers from the global `jest.Matchers`, which is extended here.
import { type Checkable, checkGrads } from "./check.ts";
import { misuse } from "./errors.ts";
import { explain } from "./explain.ts";
import type { Options } from "./options.ts";
import type { Report } from "./report.ts";

/** What a matcher answers: both runners take it. */
export interface Verdict {
  readonly pass: boolean;
  message(): string;
}

export interface GradientMatchers<R> {
  /** Every rung of the ladder passes for the received function at `args`. */
  toHaveCorrectGrads(args: readonly unknown[], options?: Options): R;
  /** ⟨A x, y⟩ = ⟨x, A* y⟩: the received linear function A and `adjoint` are each other's transposes near x. */
  toBeAdjointOf(adjoint: unknown, x: unknown, options?: Options): R;
  /** Forward, reverse, nested and batched derivatives of the received function agree with each other. */
  toAgreeAcrossModes(args: readonly unknown[], options?: Options): R;
}

declare global {
  // biome-ignore lint/style/noNamespace: it is the runners' namespace, and only types are declared in it
  namespace jest {
    interface Matchers<R> extends GradientMatchers<R> {}
  }
}

const verdict = (report: Report, what: string): Verdict => ({
  pass: report.status === "pass",
  message: () =>
    report.status === "pass"
      ? `expected ${report.name} not to ${what}, but it does`
      : explain(report),
});

const check = (f: unknown, args: readonly unknown[], options?: Options): Report =>
  checkGrads(f as Checkable<readonly unknown[]>, args as never, options);

export const toHaveCorrectGrads = (
  f: unknown,
  args: readonly unknown[],
  options?: Options,
): Verdict => verdict(check(f, args, options), "have correct derivatives");

export const toAgreeAcrossModes = (
  f: unknown,
  args: readonly unknown[],
  options: Options = {},
): Verdict =>
  verdict(
    check(f, args, { rungs: ["structure", "dot product", "nesting"], ...options }),
    "agree across modes",
  );

export function toBeAdjointOf(
  forward: unknown,
  adjoint: unknown,
  x: unknown,
  options: Options = {},
): Verdict {
  if (typeof forward !== "function" || typeof adjoint !== "function")
    throw misuse`toBeAdjointOf: expected two functions, expect(A).toBeAdjointOf(adjoint, x)`;
  const pair = {
    value: (at: unknown) => forward(at),
    jvp: (_at: readonly unknown[], [xDot]: readonly unknown[]) => forward(xDot),
    vjp: (_at: readonly unknown[], yBar: unknown) => [adjoint(yBar)],
  };
  const name = forward.name || "A";
  const report = check(pair, [x], {
    name,
    rungs: ["structure", "determinism", "dot product"],
    ...options,
  });
  return verdict(report, "be the adjoint");
}
