// Derivatives by differences: Ridders' extrapolation of central differences (Advances in Engineering
// Software 4, 1982), the oracle that shares no code with the engine's derivatives.
import { add, mul, type Tensor } from "@cotangent/autodiff";

export interface Estimate {
  readonly value: number;
  /** How far the last two extrapolations lie apart. */
  readonly error: number;
}

/** d/dt of a vector-valued φ at t = 0, element by element. Steps are powers of two: h, h/2, … */
export function ridders(phi: (t: number) => ArrayLike<number>, step = 2 ** -4): Estimate[] {
  const levels = 7;
  const central = Array.from({ length: levels }, (_, k) => {
    const h = step / 2 ** k;
    const [plus, minus] = [phi(h), phi(-h)];
    return Array.from(plus, (value, i) => (value - (minus[i] as number)) / (2 * h));
  });
  return (central[0] as number[]).map((_, i) =>
    extrapolate(central.map((row) => row[i] as number)),
  );
}

/** Neville's table on errors h², h⁴, …; the entry that changed least wins. */
function extrapolate(column: readonly number[]): Estimate {
  let best: Estimate = { value: column[0] as number, error: Number.POSITIVE_INFINITY };
  let previous = [column[0] as number];
  for (const first of column.slice(1)) {
    const row = [first];
    previous.forEach((above, j) => {
      const left = row[j] as number;
      const value = left + (left - above) / (4 ** (j + 1) - 1);
      row.push(value);
      const error = Math.max(Math.abs(value - left), Math.abs(value - above));
      if (error <= best.error) best = { value, error };
    });
    previous = row;
  }
  return best;
}

/** The directional derivative of `f` at `x` along `xDot`. */
export function directional(
  f: (...x: Tensor[]) => Tensor,
  x: readonly Tensor[],
  xDot: readonly Tensor[],
  step?: number,
): Estimate[] {
  return ridders((t) => f(...x.map((xi, i) => add(xi, mul(t, xDot[i] as Tensor)))).data, step);
}
