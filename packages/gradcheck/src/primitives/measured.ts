// The truth of a primitive that has no definition but its own evaluation: Ridders' differences in f64.
//
//   (∂ᵏf · v¹…vᵏ) ≈ d/dt (∂ᵏ⁻¹f · v¹…vᵏ⁻¹)(x + t vᵏ)
//
// Each order is held to differences of the one before, which is checked first. Agreement is to ten times
// the differences' own error estimate and ten digits, not to rounding.
import type { Primitive, Tensor } from "@cotangent/autodiff/functions";
import { differentiate } from "../differences.ts";
import { exact } from "../oracles/big.ts";
import { along, flat, runOf, unflatten } from "./law.ts";
import { type Expected, type PrimitiveCase, questionOf, type Truth } from "./truth.ts";

const expect = (value: number, error: number): Expected => ({
  value: exact(value),
  bound: exact((10 * error + 1e-10 * Math.abs(value)) * 2 ** 50),
});

export function measuredTruth(primitive: Primitive, at: PrimitiveCase): Truth {
  const question = questionOf(primitive, at);
  const { graph, wrt, point } = question;
  const x = wrt.map((i) => at.inputs[i]!);
  const f = runOf(graph, at.inputs, wrt);
  const scale = Math.min(1, ...point.map(Math.abs).filter((size) => size > 0));
  /** d/dt of g at x + t v. */
  const slope = (g: (...moving: Tensor[]) => number[], v: readonly number[]): Expected[] => {
    const h = (t: number) => {
      const moved = point.map((xi, c) => xi + t * v[c]!);
      return Float64Array.from(g(...unflatten(moved, x)));
    };
    const noise = h(0).map((y) => Math.abs(y) * 2 ** -52);
    const { value, estimate } = differentiate(h, h(0), noise, scale / 16, () => false).slope;
    return Array.from(value, (yDot, r) => expect(yDot, estimate[r]!));
  };
  const before = (directions: readonly (readonly number[])[]) => {
    const g = along(f, directions);
    return (...moving: Tensor[]) => flat(g(...moving));
  };
  return {
    ...question,
    value: flat(f(...x)).map((y) => expect(y, 0)),
    forward: (directions) => slope(before(directions.slice(0, -1)), directions.at(-1)!),
    reverse: (yBar, directions) =>
      point.map((_, c) => {
        const paired = (...moving: Tensor[]) => [
          before(directions)(...moving).reduce((sum, y, r) => sum + y * yBar[r]!, 0),
        ];
        const axis = point.map((_x, i) => Number(i === c));
        return slope(paired, axis)[0]!;
      }),
  };
}
