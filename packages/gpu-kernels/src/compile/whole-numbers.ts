// Whole numbers on the device: f32 numbers, exact up to 2²⁴.
//
//   every i32, u32 and bool variable has a range that its equation gives; arithmetic that may leave ±2²⁴ is refused
//
// What comes from the host is within ±2²³ (checked at each call), so that a sum of two fits. A float cast to i32 may be
// larger: a truncated f32 is an f32, so it moves, compares and casts back exactly. Where it is calculated with, it comes
// back with the results, and the call rejects if it was beyond ±2²³.
import { type Atom, type Equation, type Graph, Tensor } from "@cotangent/autodiff";
import { sizeOf } from "../errors.ts";
import { compileError, formatSpec } from "./compile-error.ts";
import { wholeLimit } from "./slot.ts";

export interface Range {
  readonly low: number;
  readonly high: number;
}
export type Ranges = Map<Atom, Range>;

/** Ranges, and the casts of floats for which they hold only after a look at their values. */
export interface WholeNumbers {
  readonly ranges: Ranges;
  readonly casts: readonly Atom[];
}

/** The largest whole number that may be uploaded. */
export const uploadLimit: number = 2 ** 23;

const isWhole = ({ dtype }: { readonly dtype: string }): boolean =>
  dtype === "i32" || dtype === "u32" || dtype === "bool";
const bit: Range = { low: 0, high: 1 };
const hull = (ranges: readonly Range[]): Range => ({
  low: Math.min(...ranges.map(({ low }) => low)),
  high: Math.max(...ranges.map(({ high }) => high)),
});
const times = (a: Range, b: Range): Range => {
  const products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return { low: Math.min(...products), high: Math.max(...products) };
};
const repeated = (range: Range, count: number): Range => times(range, { low: 0, high: count });

/** The range of what is uploaded. */
export const uploadRange = (dtype: string): Range =>
  dtype === "bool" ? bit : { low: dtype === "u32" ? 0 : -uploadLimit, high: uploadLimit };

/** The range of a variable or constant of whole numbers. */
export function rangeOf(ranges: Ranges, atom: Atom): Range {
  const known = ranges.get(atom);
  if (known) return known;
  if (!(atom instanceof Tensor)) throw new RangeError("expected a variable with a range");
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of atom.data) {
    if (Math.fround(value) !== value)
      throw compileError(
        `the constant ${formatSpec(atom)} meets floats on the device, which holds whole numbers as f32; expected numbers that f32 holds exactly, got ${value}; convert it to f32 before it meets them`,
      );
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = atom.size === 0 ? bit : { low, high };
  ranges.set(atom, range);
  return range;
}

type Rule = (inputs: readonly Range[], equation: Equation) => Range;
const same: Rule = ([x]) => x as Range;
const pair =
  (f: (a: Range, b: Range) => Range): Rule =>
  ([a, b]) =>
    f(a as Range, b as Range);
const lastAxis = ({ inputs }: Equation): number => inputs[0]?.shape.at(-1) ?? 1;
const axesOf = ({ params }: Equation): readonly number[] =>
  (params as unknown as { axes: readonly number[] }).axes;
const folded = (equation: Equation): number =>
  sizeOf(axesOf(equation).map((axis) => equation.inputs[0]?.shape[axis] ?? 1));

/** Exact whatever the size: nothing is calculated. */
const moves: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    "broadcastTo reshape permute slice stopGradient gather max floor ceil round"
      .split(" ")
      .map((name) => [name, same]),
  ),
  ...Object.fromEntries(
    "less lessEqual equal notEqual".split(" ").map((name) => [name, () => bit]),
  ),
  concat: (inputs) => hull(inputs),
  pad: ([x], { params }) => {
    const { value = 0 } = params as { value?: number };
    return hull([x as Range, { low: value, high: value }]);
  },
  where: ([, x, y]) => hull([x, y] as Range[]),
  maximum: pair((a, b) => ({ low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) })),
  argmax: (_, equation) => ({ low: 0, high: folded(equation) - 1 }),
  argsort: (_, equation) => ({ low: 0, high: lastAxis(equation) - 1 }),
};

/** Exact while operands and results stay within ±2²⁴. */
const arithmetic: Readonly<Record<string, Rule>> = {
  add: pair((a, b) => ({ low: a.low + b.low, high: a.high + b.high })),
  sub: pair((a, b) => ({ low: a.low - b.high, high: a.high - b.low })),
  mul: pair(times),
  neg: ([x]) => times(x as Range, { low: -1, high: -1 }),
  abs: ([x]) => {
    const { low, high } = x as Range;
    return { low: Math.max(0, low, -high), high: Math.max(-low, high) };
  },
  sign: () => ({ low: -1, high: 1 }),
  mod: ([, y], equation) => {
    const { low, high } = y as Range;
    if (low <= 0 && high >= 0) refuse(equation, "a divisor that is never 0", show({ low, high }));
    const most = Math.max(Math.abs(low), Math.abs(high));
    return { low: low < 0 ? -most : 0, high: high > 0 ? most : 0 };
  },
  shiftRight: ([x]) => hull([x as Range, bit]),
  sum: ([x], equation) => repeated(x as Range, folded(equation)),
  cumsum: ([x], { params, inputs }) =>
    repeated(x as Range, inputs[0]?.shape[(params as { axis: number }).axis] ?? 1),
  scatterAdd: ([x], { inputs }) => repeated(x as Range, sizeOf(inputs[1]?.shape ?? [])),
  matmul: ([x, w], equation) => repeated(times(x as Range, w as Range), lastAxis(equation)),
};

function refuse({ primitive, inputs, outputs }: Equation, expected: string, got: string): never {
  const operands = inputs.map(formatSpec).join(", ");
  throw compileError(
    `${primitive.name} of ${operands} to ${formatSpec(outputs[0] as Atom)} depends on floats, so it runs on the device, which holds whole numbers as f32; expected ${expected}, got ${got}; convert to f32 before it, or compute it outside of the compiled function`,
  );
}

/** The values that a cast may give. */
function castRange(equation: Equation, from: Range | null, casts: Atom[] | null): Range {
  const dtype = equation.outputs[0]?.dtype;
  if (dtype === "bool") return bit;
  if (from === null && dtype === "u32")
    refuse(equation, "a cast of floats to i32", "one to u32, where −1 is 2³² − 1");
  if (from === null && casts === null) return { low: -(2 ** 31), high: 2 ** 31 };
  if (from === null) {
    casts?.push(equation.outputs[0] as Atom);
    return uploadRange("i32");
  }
  const fits = dtype === "u32" ? from.low >= 0 : from.high < 2 ** 31;
  return fits ? from : refuse(equation, `values that ${dtype} holds`, show(from));
}
const show = ({ low, high }: Range): string => `values from ${low} to ${high}`;

function rangeOfResult(equation: Equation, ranges: Ranges, casts: Atom[] | null): Range {
  const { primitive, inputs } = equation;
  const { name } = primitive;
  const known = inputs.map((atom) => (isWhole(atom) ? rangeOf(ranges, atom) : null));
  if (name === "astype") return castRange(equation, known[0] ?? null, casts);
  const operands = known.map((range) => range ?? bit);
  const move = moves[name];
  if (move) return move(operands, equation);
  const rule = arithmetic[name];
  if (!rule) refuse(equation, "arithmetic, comparisons or moves", `a ${name}`);
  const range = rule(operands, equation);
  const isShift = name === "shiftRight" || name === "scatterAdd" || name === "gather";
  for (const each of [...(isShift ? operands.slice(0, 1) : operands), range])
    if (each.low < -wholeLimit || each.high > wholeLimit)
      refuse(equation, `numbers up to ±${wholeLimit}, which f32 holds exactly`, show(each));
  const isUnsigned = name === "shiftRight" || equation.outputs[0]?.dtype === "u32";
  if (isUnsigned && range.low < 0) refuse(equation, "numbers ≥ 0", show(range));
  return range;
}

function follow(graph: Graph, ranges: Ranges, casts: Atom[] | null): void {
  for (const input of graph.inputs)
    if (isWhole(input) && !ranges.has(input)) ranges.set(input, uploadRange(input.dtype));
  for (const equation of graph.equations) {
    const { primitive, params, inputs, outputs } = equation;
    if (primitive.name === "call") {
      const inner = (params as unknown as { forward: { graph(): Graph } }).forward.graph();
      inner.inputs.forEach((input, i) => {
        const given = inputs[i] as Atom;
        if (isWhole(input)) ranges.set(input, rangeOf(ranges, given));
      });
      // What is within a call does not come back.
      follow(inner, ranges, null);
      outputs.forEach((output, i) => {
        if (isWhole(output)) ranges.set(output, rangeOf(ranges, inner.outputs[i] as Atom));
      });
    } else
      for (const output of outputs)
        if (isWhole(output)) ranges.set(output, rangeOfResult(equation, ranges, casts));
  }
}

/** The ranges of all whole numbers of a device's graph; throws for what f32 cannot hold. */
export function wholeNumbers(graph: Graph): WholeNumbers {
  for (const casts of [null, []]) {
    const ranges: Ranges = new Map();
    try {
      follow(graph, ranges, casts);
      return { ranges, casts: casts ?? [] };
    } catch (error) {
      if (casts !== null) throw error;
    }
  }
  throw new RangeError("expected ranges");
}
