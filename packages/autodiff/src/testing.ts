// Tools for tests of the engine, and of what checks it: not for programs.
//
//   withRule(primitive, patch, f) = f(), run while the primitive has other rules
import type { Primitive } from "./primitive.ts";

export { evaluateFlat } from "./graph.ts";
export { bind } from "./interpreter.ts";
export type { FlatFunction } from "./trace.ts";
export { traceAt } from "./trace-at.ts";
export { flattenWithPaths, leafTensor } from "./tree.ts";

/** The rules that may be replaced. */
export type Rules = Pick<Primitive, "evaluate" | "jvp" | "transpose" | "batch">;

/**
 * The result of `f`, during which `patch(rules)` stands in for the primitive's rules of the same names.
 *
 * `patch` gets the rules before, so that it can call them. They are restored whatever happens; throws
 * when `f` returns a promise, which would run on with the true rules.
 */
export function withRule<R>(
  { primitive }: { readonly primitive: Primitive },
  patch: (rules: Rules) => Partial<Rules>,
  f: () => R,
): R {
  const { evaluate, jvp, transpose, batch } = primitive;
  const rules = { evaluate, jvp, transpose, batch };
  try {
    Object.assign(primitive, patch(rules));
    const result = f();
    if (!(result instanceof Promise)) return result;
    throw new TypeError(
      `withRule: the function returned a promise while ${primitive.name} is patched; expected a synchronous function`,
    );
  } finally {
    Object.assign(primitive, rules);
  }
}
