// Before anything is timed: does an implementation compute the same thing?
//
//   value       |v − v*| ≤ 1e-4 max(1, |v*|)
//   an array    ‖g − g*‖₂ ≤ 1e-4 ‖g*‖₂        each gradient on its own
//
// v*, g* come from the interpreter in f64. f32 has a unit roundoff of 6e-8; sums of hundreds of terms
// and the peers' polynomials for tanh lose two to three digits of it, a wrong formula loses all.

/** Largest relative error allowed. */
export const tolerance = 1e-4;

export interface Agreement {
  readonly value: number;
  readonly gradients: number;
  readonly holds: boolean;
}

/** Errors of results [value, ...gradients], or of one array. */
export function agreement(
  results: readonly ArrayLike<number>[],
  truth: readonly ArrayLike<number>[],
): Agreement {
  if (results.length !== truth.length)
    throw new Error(`bench: expected ${truth.length} results, got ${results.length}`);
  const arrays = truth.length === 1 ? [0] : truth.slice(1).map((_, i) => i + 1);
  const gradients = Math.max(...arrays.map((i) => relativeError(results[i]!, truth[i]!)));
  const [value = 0, trueValue = 0] = [results[0]![0], truth[0]![0]];
  const ofValue = Math.abs(value - trueValue) / Math.max(1, Math.abs(trueValue));
  // Not "> tolerance": a NaN must not pass.
  const holds = gradients <= tolerance && ofValue <= tolerance;
  return { value: ofValue, gradients, holds };
}

/** The larger errors of two looks at the same results. */
export function worse(a: Agreement, b: Agreement): Agreement {
  return {
    value: Math.max(a.value, b.value),
    gradients: Math.max(a.gradients, b.gradients),
    holds: a.holds && b.holds,
  };
}

function relativeError(result: ArrayLike<number>, truth: ArrayLike<number>): number {
  if (result.length !== truth.length)
    throw new Error(`bench: expected ${truth.length} numbers, got ${result.length}`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < truth.length; i++) {
    difference += (result[i]! - truth[i]!) ** 2;
    norm += truth[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / norm);
}
