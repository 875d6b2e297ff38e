// The law of an engine: a compiled function gives what the interpreter gives, to rounding.
import { type Tensor, trace, tree } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { expect } from "vitest";
import { termsOf } from "./terms.ts";

/** |compiled − interpreted| ≤ tolerance · M: the law's 1e-13 in f64, a few ulp in f32. */
export const tolerances = { f64: 1e-13, f32: 8 * 2 ** -24 } as const;

function expectAgreement(
  compiled: Tensor,
  interpreted: Tensor,
  magnitude: Tensor,
  tolerance: number,
  label: string,
): void {
  const spec = ({ dtype, shape }: Tensor) => `${dtype}[${shape}]`;
  expect(spec(compiled), label).toBe(spec(interpreted));
  compiled.data.forEach((got, i) => {
    const want = interpreted.data[i]!;
    const m = magnitude.data[i]!;
    if (Object.is(got, want) || m === Number.POSITIVE_INFINITY || Number.isNaN(m)) return;
    // Below the normal numbers rounding is absolute.
    const least = compiled.dtype === "f32" ? 2 ** -146 : 2 ** -1071;
    const bound = tolerance * m + least;
    if (!(Math.abs(got - want) <= bound))
      expect.fail(
        `${label}: element ${i} is ${got}, the interpreter's ${want}; off by ${Math.abs(got - want)} > ${bound}`,
      );
  });
}

type F = (...args: Tensor[]) => unknown;

/** Throws unless the compiled function agrees with the interpreter at `args`, taken in `dtype`. */
export function expectCompiledAgrees(
  f: F,
  args: readonly Tensor[],
  dtype: "f64" | "f32",
  label = "",
): void {
  const given = args.map((x) => (x.dtype === "f64" || x.dtype === "f32" ? x.astype(dtype) : x));
  const graph = trace(f)(...given);
  const terms = termsOf(graph, given, tolerances[dtype]);
  const compiled = tree.leaves(compile(f, { dtype })(...args));
  const interpreted = tree.leaves(f(...given));
  const isSingle = interpreted.some((y) => y.dtype === "f32");
  const tolerance = tolerances[dtype === "f32" || isSingle ? "f32" : "f64"];
  compiled.forEach((y, i) => {
    expectAgreement(
      y,
      interpreted[i]!,
      terms[i]!.magnitude,
      tolerance,
      `${label} ${dtype} output ${i}`,
    );
  });
}
