// The magnitude of the terms that rounding works on, followed through a graph in the interpreter.
//
//   M_y = Σᵢ |∂y/∂xᵢ|·M_xᵢ + Σ |terms of y|,   M of exact inputs = 0
//
// A few units of roundoff times M bounds what any order of evaluation, rounding at each operation, may be off by
// (Higham 2002, §3.3, first order). Where rounding may carry a value over a jump (floor, a comparison, an order), M is ∞:
// the element is not compared. Shares no code with the compiler.
import {
  type Atom,
  abs,
  add,
  type Equation,
  evaluate,
  type Graph,
  jvp,
  matmul,
  type Tensor,
  tensor,
  Var,
  zeros,
} from "@cotangent/autodiff";

/** A value and the magnitude of its terms (f64). */
export interface Term {
  readonly value: Tensor;
  readonly magnitude: Tensor;
}

const isFloat = ({ dtype }: Tensor): boolean => dtype === "f64" || dtype === "f32";
const wide = (x: Tensor): Tensor => x.astype("f64");
const nothing = (x: Tensor): Tensor => zeros(x.shape);
const everything = (x: Tensor): Tensor =>
  tensor(Float64Array.from({ length: x.size }, () => Number.POSITIVE_INFINITY)).reshape(x.shape);

/** The equation as a function of its inputs. */
function run(equation: Equation, inputs: readonly Tensor[]): Tensor[] {
  const variables = inputs.map(({ shape, dtype }) => new Var(shape, dtype));
  const specs = equation.primitive.shape(variables, equation.params);
  const outputs = specs.map(({ shape, dtype }) => new Var(shape, dtype));
  const graph: Graph = {
    inputs: variables,
    names: [],
    equations: [{ ...equation, inputs: variables, outputs }],
    outputs,
    inTree: inputs.map(() => null),
    outTree: outputs.map(() => null),
  };
  return evaluate(graph, inputs as Tensor[]) as Tensor[];
}

/** Elementwise, with numbers: infinite times zero is zero, since what is exact stays exact. */
function pointwise(
  like: Tensor,
  f: (...x: number[]) => number,
  ...inputs: readonly Tensor[]
): Tensor {
  const data = inputs.map((x) => x.broadcastTo(like.shape).data);
  return tensor(
    Float64Array.from({ length: like.size }, (_, i) => f(...data.map((x) => x[i]!))),
    {
      shape: like.shape,
    },
  );
}
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : Math.abs(a * b));

/** Moves elements without computing: the magnitudes move along. */
const layout = ["reshape", "permute", "broadcastTo", "slice", "pad", "concat", "gather"];
/** Sums of elements. */
const sums = ["sum", "cumsum", "scatterAdd"];
/** One of the inputs, or its opposite. */
const choices = ["abs", "neg", "stopGradient", "maximum", "max"];
/** Piecewise constant functions of one input. */
const steps = ["floor", "ceil", "round", "sign"];
const comparisons = ["less", "lessEqual", "equal", "notEqual"];
const orders = ["argmax", "argsort"];

/** ∞ where numbers as close as their errors lie in one row of the last axis, or in `x` at all. */
function uncertainOrder(x: Term, y: Tensor, tolerance: number): Tensor {
  const values = x.value.data;
  const magnitudes = x.magnitude.data;
  for (let i = 0; i < values.length; i++)
    for (let j = 0; j < i; j++) {
      const gap = Math.abs(values[i]! - values[j]!);
      if (gap !== 0 && gap <= tolerance * (magnitudes[i]! + magnitudes[j]!)) return everything(y);
    }
  return nothing(y);
}

function magnitudeOf(
  equation: Equation,
  inputs: readonly Term[],
  y: Tensor,
  tolerance: number,
): Tensor {
  const { name } = equation.primitive;
  const values = inputs.map(({ value }) => value);
  const magnitudes = inputs.map(({ magnitude }) => magnitude);
  const [x] = inputs;
  if (layout.includes(name)) {
    const moved = inputs.map((input, i) =>
      isFloat(input.value) && !(name === "gather" && i === 1) ? input.magnitude : input.value,
    );
    return isFloat(y) ? wide(run(equation, moved)[0]!) : nothing(y);
  }
  if (name === "where")
    return pointwise(
      y,
      (m, c, a, b) => (m > 0 ? Number.POSITIVE_INFINITY : c ? a : b),
      magnitudes[0]!,
      values[0]!,
      magnitudes[1]!,
      magnitudes[2]!,
    );
  if (steps.includes(name)) {
    const [low, high] = [-1, 1].map((side) => {
      const moved = pointwise(
        y,
        (v, m) => v + (m === 0 ? 0 : side * tolerance * m),
        wide(x!.value),
        x!.magnitude,
      );
      return wide(run(equation, [moved])[0]!);
    });
    return pointwise(y, (a, b) => (a === b ? 0 : Number.POSITIVE_INFINITY), low!, high!);
  }
  if (comparisons.includes(name))
    return pointwise(
      y,
      (a, b, ma, mb) =>
        a !== b && Math.abs(a - b) <= tolerance * (ma + mb) ? Number.POSITIVE_INFINITY : 0,
      wide(values[0]!),
      wide(values[1]!),
      ...magnitudes,
    );
  if (orders.includes(name)) return uncertainOrder(x!, y, tolerance);
  if (name === "astype" && !isFloat(y)) {
    if (!isFloat(x!.value)) return x!.magnitude;
    return pointwise(
      y,
      (v, m) =>
        Math.trunc(v - tolerance * m) === Math.trunc(v + tolerance * m) && (v !== 0 || m === 0)
          ? 0
          : Number.POSITIVE_INFINITY,
      wide(x!.value),
      x!.magnitude,
    );
  }
  if (!isFloat(y)) return nothing(y);
  if (name === "astype") return add(x!.magnitude, abs(wide(y)));
  if (choices.includes(name)) {
    const [largest, ...rest] = magnitudes as [Tensor, ...Tensor[]];
    return name === "max"
      ? wide(run(equation, [largest])[0]!)
      : rest.reduce((a, b) => a.maximum(b), largest);
  }
  if (sums.includes(name)) {
    const terms = add(x!.magnitude, abs(wide(x!.value)));
    return wide(run(equation, [terms, ...values.slice(1)])[0]!);
  }
  if (name === "matmul") {
    const [a, b] = values.map((value) => abs(wide(value))) as [Tensor, Tensor];
    const [ma, mb] = magnitudes as [Tensor, Tensor];
    return matmul(a, b).add(matmul(ma, b)).add(matmul(a, mb));
  }
  // A function of numbers: the derivative by each input in turn.
  const f = (...args: Tensor[]) => run(equation, args)[0]!;
  const parts = values.map((value, i) => {
    if (!isFloat(value)) return nothing(y);
    const directions = values.map((other, j) =>
      isFloat(other)
        ? tensor(
            Float64Array.from({ length: other.size }, () => Number(i === j)),
            {
              shape: other.shape,
            },
          ).astype(other.dtype)
        : zeros(other.shape, { dtype: other.dtype }),
    );
    const slope = wide(jvp(f, values as Tensor[], directions)[1]);
    return pointwise(y, times, slope, magnitudes[i]!);
  });
  return parts.reduce(add, abs(wide(y)));
}

function follow(graph: Graph, inputs: readonly Term[], tolerance: number): Term[] {
  const terms = new Map<Atom, Term>();
  graph.inputs.forEach((input, i) => terms.set(input, inputs[i]!));
  const read = (atom: Atom): Term =>
    terms.get(atom) ?? { value: atom as Tensor, magnitude: nothing(atom as Tensor) };
  for (const equation of graph.equations) {
    const given = equation.inputs.map(read);
    const { primitive, params } = equation;
    const outputs =
      primitive.name === "call"
        ? follow(
            (params as unknown as { forward: { graph(): Graph } }).forward.graph(),
            given,
            tolerance,
          )
        : run(
            equation,
            given.map(({ value }) => value),
          ).map((value) => ({
            value,
            magnitude: magnitudeOf(equation, given, value, tolerance),
          }));
    equation.outputs.forEach((output, i) => terms.set(output, outputs[i]!));
  }
  return graph.outputs.map(read);
}

/** The outputs of a graph with their magnitudes; `tolerance` says what counts as near to a jump, in units of M. */
export const termsOf = (graph: Graph, inputs: readonly Tensor[], tolerance: number): Term[] =>
  follow(
    graph,
    inputs.map((value) => ({ value, magnitude: nothing(value) })),
    tolerance,
  );
