// What a primitive's value and derivatives must be at one point, with the magnitudes of their terms.
//
//   (∂ᵏf · v¹…vᵏ)_r = Σ_c t,   t = ∂ᵏf_r/∂x_c1…∂x_ck · v¹_c1…vᵏ_ck,   bound = Σ|t| + Σ|xᵢ ∂ᵢt|
//
// The law is |got − truth| ≤ k·u·bound. Reverse mode has the same terms, summed over outputs.
import {
  type Graph,
  type Params,
  type Primitive,
  type Tensor,
  Var,
} from "@cotangent/autodiff/functions";
import { isFloat } from "../coordinates.ts";
import { type Big, classOf, exact } from "../oracles/big.ts";
import { bigEvaluate, type Definitions } from "../oracles/evaluate.ts";
import { type Partials, partialsOf } from "./partials.ts";

/** A point at which a primitive is checked. */
export interface PrimitiveCase {
  readonly inputs: readonly Tensor[];
  readonly params?: Params;
  /** Positions of the inputs to differentiate; all floats unless given. */
  readonly wrt?: readonly number[];
  /** The highest derivative that exists here and is checked: 2 unless given, at most 3. */
  readonly order?: number;
  /** The derivative that convention gives at a kink or a jump, one row an output; the order is then 1. */
  readonly jacobian?: readonly (readonly number[])[];
  /** f has no kink and no singularity near 0: true for functions that are smooth on all numbers. */
  readonly isSmooth?: boolean;
  /** Steps of differences relative to |x|, 10⁻¹⁵ unless given: smaller beside a singularity. */
  readonly step?: number;
}

/** What a case asks: which inputs are differentiated, where, and how often. */
export interface Question {
  readonly graph: Graph;
  readonly wrt: readonly number[];
  readonly point: readonly number[];
  readonly order: number;
}

/** The graph of one equation. */
function equationOf(primitive: Primitive, { inputs, params = {} }: PrimitiveCase): Graph {
  const variables = inputs.map(({ shape, dtype }) => new Var(shape, dtype));
  const specs = primitive.shape(variables, params);
  const outputs = specs.map(({ shape, dtype }) => new Var(shape, dtype));
  const equations = [{ primitive, inputs: variables, params, outputs }];
  const trees = { inTree: inputs.map(() => null), outTree: outputs.map(() => null) };
  return { inputs: variables, names: [], equations, outputs, ...trees };
}

export function questionOf(primitive: Primitive, at: PrimitiveCase): Question {
  const graph = equationOf(primitive, at);
  const floats = at.inputs.flatMap((x, i) => (isFloat(x) ? [i] : []));
  const wrt = at.order !== 0 && graph.outputs.every(isFloat) ? (at.wrt ?? floats) : [];
  const point = wrt.flatMap((i) => Array.from(at.inputs[i]!.data));
  return { graph, wrt, point, order: wrt.length === 0 ? 0 : at.jacobian ? 1 : (at.order ?? 2) };
}

/** A number, and what its error is relative to; `noise` is how far off it may itself be. */
export interface Expected {
  readonly value: Big;
  readonly bound: Big;
}

/** The truth of one case. Coordinates run over the differentiable inputs, end to end. */
export interface Truth extends Question {
  readonly value: readonly Expected[];
  /** ∂ᵏf along k directions, of every output. */
  forward(directions: readonly (readonly number[])[]): Expected[];
  /** ∂ of ⟨yBar, ∂ᵏ⁻¹f along the directions⟩ by every coordinate. */
  reverse(yBar: readonly number[], directions: readonly (readonly number[])[]): Expected[];
}

interface Term {
  readonly coordinates: readonly number[];
  readonly weight: number;
}

/** Every choice of one coordinate a direction, with the product of their components. */
const choices = (directions: readonly (readonly number[])[]): Term[] =>
  directions.reduce<Term[]>(
    (terms, direction) =>
      terms.flatMap(({ coordinates, weight }) =>
        direction.flatMap((v, c) =>
          v === 0 ? [] : [{ coordinates: [...coordinates, c], weight: weight * v }],
        ),
      ),
    [{ coordinates: [], weight: 1 }],
  );

const zero: Expected = { value: exact(0), bound: exact(0) };
const plus = (a: Expected, b: Expected, weight: number): Expected => ({
  value: a.value.plus(b.value.times(exact(weight))),
  bound: a.bound.plus(b.bound.times(Math.abs(weight))),
});

export function truthOf(primitive: Primitive, at: PrimitiveCase, own: Definitions = {}): Truth {
  const question = questionOf(primitive, at);
  const { graph, wrt, point, order } = question;
  const map = (x: readonly Big[]) => {
    const digits = x[0] && classOf(x[0]).precision;
    let next = 0;
    const inputs = at.inputs.map((input, i) =>
      Array.from(input.data, (given) => (wrt.includes(i) ? x[next++]! : exact(given, digits))),
    );
    return bigEvaluate(graph, inputs, own).flat();
  };
  const { isSmooth = false, step = 1e-15 } = at;
  const partials: Partials = partialsOf(map, { x: point, isSmooth, step });
  const column = (...coordinates: number[]): readonly Big[] =>
    at.jacobian && coordinates.length > 0
      ? at.jacobian.map((row) => exact(coordinates.length > 1 ? 0 : row[coordinates[0]!]!))
      : partials(...coordinates).values;
  const known = new Map<string, readonly Expected[]>();
  /** One derivative of every output with its own bound; slopes of many inputs are left out of it. */
  const entry = (coordinates: readonly number[]): readonly Expected[] => {
    const key = `${coordinates}`;
    if (!known.has(key)) {
      const slopes =
        point.length <= 4 && order > 0 ? point.map((_, i) => column(...coordinates, i)) : [];
      const noise = at.jacobian ? 0 : partials(...coordinates).noise;
      const isUseless = (y: Big) =>
        y.isFinite() && noise > 1e-20 && !y.abs().times(1e-17).gt(noise);
      if (column(...coordinates).some(isUseless))
        throw new RangeError(
          `checkPrimitive: differences of order ${coordinates.length} of ${primitive.name} at (${point}) drown in rounding; expected a lower order or other steps for this case`,
        );
      const values = column(...coordinates).map((value, r) => ({
        value,
        bound: slopes
          .map((slope, i) => slope[r]!.times(exact(point[i]!)).abs())
          .reduce((a, b) => a.plus(b), value.abs().plus(noise * 2 ** 53)),
      }));
      known.set(key, values);
    }
    return known.get(key)!;
  };
  return {
    ...question,
    value: entry([]),
    forward: (directions) =>
      choices(directions).reduce(
        (total, { coordinates, weight }) =>
          total.map((sum, r) => plus(sum, entry(coordinates)[r]!, weight)),
        entry([]).map(() => zero),
      ),
    reverse: (yBar, directions) =>
      point.map((_, c) =>
        choices(directions)
          .flatMap(({ coordinates, weight }) =>
            entry([c, ...coordinates]).map((term, r) => plus(zero, term, weight * yBar[r]!)),
          )
          .reduce((a, b) => plus(a, b, 1), zero),
      ),
  };
}
