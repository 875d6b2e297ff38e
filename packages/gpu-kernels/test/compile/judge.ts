// The law of an engine: a compiled function gives what the interpreter gives, within `tolerance` of the terms' magnitude.
//
// Inputs are f32 numbers and the interpreter computes in f64 on them. Where f32 overflows on the way, or its values are
// no numbers, the interpreter in f32 says what must come out. Runs in a browser too.
import { type Tensor, type Tree, trace, tree } from "@cotangent/autodiff";
import { type Term, termsOf } from "../../../cpu-kernels/test/support/terms.ts";
import { type CompileOptions, compile } from "../../src/compile/index.ts";
import type { Device } from "../../src/index.ts";

export type F = (...args: never[]) => unknown;
type TreeFunction = (...args: Tree[]) => Tree;

/** Smaller numbers may be flushed to zero on a device. */
const smallest = 1.2e-38;

const isFloat = ({ dtype }: Tensor): boolean => dtype === "f64" || dtype === "f32";
const cast = (args: readonly Tree[], dtype: "f32" | "f64"): Tree[] =>
  args.map((arg) => tree.map((x: Tensor) => (isFloat(x) ? x.astype(dtype) : x), arg) as Tree);

/** What is wrong with a result; null if nothing is. */
function wrongWith(got: Tensor, { value, magnitude }: Term, single: Tensor, tolerance: number) {
  const dtype = value.dtype === "f64" ? "f32" : value.dtype;
  if (got.dtype !== dtype || got.shape.join() !== value.shape.join())
    return `got ${got.dtype}[${got.shape}], expected ${dtype}[${value.shape}]`;
  for (const [i, g] of got.data.entries()) {
    const [want, low, m] = [value.data[i]!, single.data[i]!, magnitude.data[i]!];
    // Near a kink or a tie either side is right.
    const isFree = m === Number.POSITIVE_INFINITY || Number.isNaN(m);
    if (Object.is(g, low) || g === want || isFree) continue;
    const error = Math.abs(g - want);
    if (!Number.isFinite(low) || !(error <= tolerance * m + smallest))
      return `element ${i} is ${g}, the interpreter's ${want} (${low} in f32): off by ${error} > ${tolerance} · ${m}`;
  }
  return null;
}

/** Compiles `f`, calls it, and says where it departs from the interpreter; null if nowhere. */
export async function disagreement(
  device: Device,
  tolerance: number,
  f: F,
  args: readonly Tree[],
  options: CompileOptions = {},
): Promise<string | null> {
  const single = cast(args, "f32");
  const double = cast(single, "f64");
  const terms = termsOf(trace(f as TreeFunction)(...double), tree.leaves(double), tolerance);
  const step = compile(device, f as TreeFunction, options);
  try {
    const got = tree.leaves(await step(...single));
    const low = tree.leaves((f as TreeFunction)(...single));
    const wrong = got.map((y, i) => wrongWith(y, terms[i]!, low[i]!, tolerance));
    return wrong.find((each) => each !== null) ?? null;
  } finally {
    await step.destroy();
  }
}
