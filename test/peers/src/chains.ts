// The elementwise chains, written once for every implementation.
//
//   arithmetic       Horner's rule: y ← y x + c, once for each of 8 coefficients after the first
//   transcendental   tanh(x) σ(x) + exp(−x²)

export const coefficients: readonly number[] = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8, 0.9];

/** The operations a chain needs; `T` is whatever an implementation calls an array. */
export interface Elementwise<T> {
  readonly add: (x: T, y: T | number) => T;
  readonly mul: (x: T, y: T | number) => T;
  readonly tanh: (x: T) => T;
  readonly sigmoid: (x: T) => T;
  readonly exp: (x: T) => T;
}

/** One chain of operations on x. `use` hands out x again, for libraries that count references. */
export function applyChain<T>(
  chain: "arithmetic" | "transcendental",
  { add, mul, tanh, sigmoid, exp }: Elementwise<T>,
  use: () => T,
): T {
  if (chain === "transcendental")
    return add(mul(tanh(use()), sigmoid(use())), exp(mul(mul(use(), use()), -1)));
  const [first = 0, ...rest] = coefficients;
  let y = add(mul(use(), first), rest[0] ?? 0);
  for (const c of rest.slice(1)) y = add(mul(y, use()), c);
  return y;
}
