// The engine's results in f64 with the magnitude of the terms that make them, which f32 errs by a few units of.
//
//   M_y = Σᵢ |∂y/∂xᵢ| M_xᵢ + Σ |terms of y|, through the traced graph (cpu-kernels/test/support/terms.ts)
import { type Tensor, type Tree, trace, tree } from "@cotangent/autodiff";
import { type Term, termsOf } from "../../../cpu-kernels/test/support/terms.ts";

/** f(...inputs) by the engine, leaf by leaf, with magnitudes. inputs: f64. */
export function judged(f: (...inputs: never[]) => unknown, inputs: readonly Tree[]): Term[] {
  const traced = trace(f as (...args: Tree[]) => Tree)(...inputs);
  return termsOf(traced, tree.leaves([...inputs]), 1e-6);
}

/** The largest |got − want| of every array, relative to the largest magnitude in it. */
export function errorOf(got: Tree, want: readonly Term[]): number {
  const leaves = tree.leaves(got);
  if (leaves.length !== want.length) return Number.POSITIVE_INFINITY;
  return Math.max(...want.map((term, i) => arrayError(leaves[i]!, term)));
}

function arrayError(got: Tensor, { value, magnitude }: Term): number {
  if (got.size !== value.size) return Number.POSITIVE_INFINITY;
  const finite = Array.from(magnitude.data).filter(Number.isFinite);
  const scale = Math.max(...finite, 1e-30);
  const errors = Array.from(value.data, (v, j) =>
    // Infinite where rounding may carry a value over a kink: not compared.
    Number.isFinite(magnitude.data[j]) ? Math.abs(v - got.data[j]!) / scale : 0,
  );
  return errors.reduce((worst, e) => (e > worst || Number.isNaN(e) ? e : worst), 0);
}
