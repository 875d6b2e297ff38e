// The truth of a primitive that has no definition but its own evaluation: Ridders' differences in f64.
//
//   (∂ᵏf · v¹…vᵏ) ≈ d/dt (∂ᵏ⁻¹f · v¹…vᵏ⁻¹)(x + t vᵏ)
//
// Each order is held to differences of the one before, which is checked first. Agreement is to ten times
// the differences' own error estimate and ten digits, not to rounding.
import { evaluate, type Primitive, type Tensor } from "@cotangent/autodiff/functions";
import { differentiate } from "../differences.ts";
import { exact } from "../oracles/big.ts";
import { along, flat, type Run, unflatten } from "./law.ts";
import { type Expected, equationOf, isFloat, type PrimitiveCase, type Truth } from "./truth.ts";

const expect = (value: number, error: number): Expected => ({
  value: exact(value),
  bound: exact((10 * error + 1e-10 * Math.abs(value)) * 2 ** 50),
});

export function measuredTruth(primitive: Primitive, at: PrimitiveCase): Truth {
  const graph = equationOf(primitive, at);
  const { inputs, order: most = 2 } = at;
  const floats = inputs.flatMap((x, i) => (isFloat(x) ? [i] : []));
  const wrt = graph.outputs.every(isFloat) ? (at.wrt ?? floats) : [];
  const x = wrt.map((i) => inputs[i]!);
  const point = flat(x);
  const f: Run = (...moving) => [
    ...(evaluate(
      graph,
      inputs.map((given, i) => moving[wrt.indexOf(i)] ?? given),
    ) as Tensor[]),
  ];
  const scale = Math.min(1, ...point.map(Math.abs).filter((size) => size > 0));
  /** d/dt of g at x + t v. */
  const slope = (g: (...moving: Tensor[]) => number[], v: readonly number[]): Expected[] => {
    const h = (t: number) =>
      Float64Array.from(
        g(
          ...unflatten(
            point.map((xi, c) => xi + t * v[c]!),
            x,
          ),
        ),
      );
    const noise = h(0).map((y) => Math.abs(y) * 2 ** -52);
    const { slope: value, estimate } = differentiate(h, h(0), noise, scale / 16, () => false);
    return Array.from(value, (yDot, r) => expect(yDot, estimate[r]!));
  };
  const before = (directions: readonly (readonly number[])[]) => {
    const g = along(f, directions);
    return (...moving: Tensor[]) => flat(g(...moving));
  };
  return {
    graph,
    wrt,
    point,
    order: wrt.length === 0 ? 0 : at.jacobian ? 1 : most,
    value: flat(f(...x)).map((y) => expect(y, 0)),
    forward: (directions) => slope(before(directions.slice(0, -1)), directions.at(-1)!),
    reverse: (yBar, directions) =>
      point.map((_, c) => {
        const paired = (...moving: Tensor[]) => [
          before(directions)(...moving).reduce((sum, y, r) => sum + y * yBar[r]!, 0),
        ];
        return slope(
          paired,
          point.map((_x, i) => Number(i === c)),
        )[0]!;
      }),
  };
}
