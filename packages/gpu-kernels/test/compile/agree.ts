// The law of an engine: a compiled function gives what the interpreter gives, within `tolerance` of the terms' magnitude.
//
// Inputs are f32 numbers and the interpreter computes in f64 on them. Where f32 overflows on the way, or its values are
// no numbers, the interpreter in f32 says what must come out.
import { type Tensor, type Tree, trace, tree } from "@cotangent/autodiff";
import { expect } from "vitest";
import { type Term, termsOf } from "../../../cpu-kernels/test/support/terms.ts";
import { type CompileOptions, compile } from "../../src/compile/index.ts";
import type { TestedBackend } from "../support/backends.ts";

export type F = (...args: never[]) => unknown;

/** Smaller numbers may be flushed to zero on a device. */
const smallest = 1.2e-38;

const isFloat = ({ dtype }: Tensor): boolean => dtype === "f64" || dtype === "f32";
const inSingle = (args: readonly Tree[]): Tree[] =>
  args.map((arg) => tree.map((x: Tensor) => (isFloat(x) ? x.astype("f32") : x), arg) as Tree);
const inDouble = (args: readonly Tree[]): Tree[] =>
  args.map((arg) => tree.map((x: Tensor) => (isFloat(x) ? x.astype("f64") : x), arg) as Tree);

function expectNear(got: Tensor, { value, magnitude }: Term, single: Tensor, tolerance: number) {
  expect(got.shape).toEqual(value.shape);
  expect(got.dtype).toBe(value.dtype === "f64" ? "f32" : value.dtype);
  got.data.forEach((g, i) => {
    const [want, m] = [value.data[i]!, magnitude.data[i]!];
    const low = single.data[i]!;
    if (Object.is(g, low) || g === want) return;
    // Near a kink or a tie either side is right.
    if (m === Number.POSITIVE_INFINITY || Number.isNaN(m)) return;
    if (Number.isFinite(low) && Math.abs(g - want) <= tolerance * m + smallest) return;
    expect.fail(
      `element ${i} is ${g}, the interpreter's ${want} (${low} in f32); off by ${Math.abs(g - want)} > ${tolerance} · ${m}`,
    );
  });
}

/** Throws unless the compiled function agrees with the interpreter at `args`; returns what it gave. */
export async function expectAgrees(
  { device, tolerance }: Pick<TestedBackend, "device" | "tolerance">,
  f: F,
  args: readonly Tree[],
  options: CompileOptions = {},
): Promise<Tree> {
  const single = inSingle(args);
  const double = inDouble(single);
  const graph = trace(f as (...args: Tree[]) => Tree)(...double);
  const terms = termsOf(graph, tree.leaves(double), tolerance);
  const step = compile(device, f as (...args: Tree[]) => Tree, options);
  try {
    const got = await step(...single);
    const low = tree.leaves((f as (...args: Tree[]) => Tree)(...single));
    tree.leaves(got).forEach((y, i) => {
      expectNear(y, terms[i]!, low[i]!, tolerance);
    });
    return got;
  } finally {
    await step.destroy();
  }
}
