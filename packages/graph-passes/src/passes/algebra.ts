// Arithmetic that changes nothing, to the bit: NaN, ±∞ and −0 included.
//
//   x·1 = x/1 = x − 0 = x + (−0) = −(−x) = x      x + (−y) = x − y      x/2ᵏ = x·2⁻ᵏ      −(x·c) = x·(−c)
//   x + x = 2x      operands of +, · and max in one order
//
// x + 0 is x unless x is −0; x·0 is 0 unless x is NaN, ±∞ or negative: it stays. x·(1/c) is not x/c.
import { type Atom, type Equation, type Graph, Tensor } from "@cotangent/autodiff";
import {
  constantValue,
  firstOf,
  isFloat,
  isPowerOfTwo,
  type Rewriter,
  type Rule,
  rewrite,
  scalar,
} from "./rewrite.ts";

/** A constant like `atom`, of another value. */
function constantLike(atom: Atom, value: number): Tensor {
  const { dtype, size, shape, data } = atom as Tensor;
  return new Tensor(shape, dtype, data.slice(0, size).fill(value));
}

/** `x` in the shape of an equation's output, to which a constant may have stretched it. */
function stretched(x: Atom, { outputs }: Equation, at: Rewriter): readonly Atom[] {
  const { shape } = outputs[0]!;
  if (`${x.shape}` === `${shape}`) return [x];
  const ones = new Array<number>(shape.length - x.shape.length).fill(1);
  const aligned = ones.length ? at.apply("reshape", [x], { shape: [...ones, ...x.shape] }) : x;
  return `${aligned.shape}` === `${shape}`
    ? [aligned]
    : [at.apply("broadcastTo", [aligned], { shape })];
}

/** The first input, where the second is the constant `value`. */
const neutral =
  (value: number, isSafe: (x: Atom, at: Rewriter) => boolean = () => true): Rule =>
  (equation, at) => {
    const [x, c] = equation.inputs as [Atom, Atom];
    const isNeutral = Object.is(constantValue(c), value) && isSafe(x, at);
    return isNeutral ? stretched(x, equation, at) : null;
  };

const positive = ["exp", "sigmoid", "softplus", "cosh", "sech2", "abs", "sum", "matmul"];
const moves = ["reshape", "permute", "broadcastTo", "slice"];

/** Whether no element can be −0, so that adding 0 changes nothing. Sums start from +0. */
function isNeverMinusZero(x: Atom, at: Rewriter): boolean {
  const value = constantValue(x);
  if (value !== undefined) return !Object.is(value, -0);
  if (!isFloat(x.dtype) || positive.some((name) => at.madeBy(x, name))) return true;
  const moved = moves.flatMap((name) => at.madeBy(x, name) ?? []);
  if (moved.length > 0) return isNeverMinusZero(moved[0]!.inputs[0]!, at);
  const square = at.madeBy(x, "mul");
  if (square && square.inputs[0] === square.inputs[1]) return true;
  return at.madeBy(x, "add")?.inputs.some((term) => isNeverMinusZero(term, at)) ?? false;
}

const operand = (atom: Atom | undefined, at: Rewriter): Atom | undefined =>
  atom && at.madeBy(atom, "neg")?.inputs[0];

/** x·c by c = −1, and −x·c by −c. */
const times: Rule = ({ inputs: [x, c] }, at) => {
  const value = constantValue(c);
  if (value === undefined || !isFloat(x!.dtype)) return null;
  const inner = operand(x, at);
  if (inner) return [at.apply("mul", [inner, constantLike(c!, -value)])];
  return value === -1 && c!.shape.length === 0 ? [at.apply("neg", [x!])] : null;
};

const dividedByPowerOfTwo: Rule = ({ inputs: [x, c] }, at) => {
  const value = constantValue(c);
  const isExact = value !== undefined && isPowerOfTwo(value);
  return isExact ? [at.apply("mul", [x!, constantLike(c!, 1 / value)])] : null;
};

const negated: Rule = ({ inputs: [x] }, at) => {
  const inner = operand(x, at);
  if (inner) return [inner];
  const product = isFloat(x!.dtype) ? at.madeBy(x!, "mul") : undefined;
  const position = product?.inputs.findIndex((factor) => constantValue(factor) !== undefined) ?? -1;
  if (!product || position < 0) return null;
  const factors = product.inputs.map((factor, i) =>
    i === position ? constantLike(factor, -constantValue(factor)!) : factor,
  );
  return [at.apply("mul", factors)];
};

/** Operands in order of definition, constants last: x·y and y·x are one expression. */
const sorted =
  (name: string): Rule =>
  ({ inputs: [x, y] }, at) => {
    const isLate = (atom: Atom) => atom instanceof Tensor;
    const isSwapped =
      isLate(x!) === isLate(y!) ? at.order(x!) > at.order(y!) : isLate(x!) && !isLate(y!);
    return isSwapped ? [at.apply(name, [y!, x!])] : null;
  };

const doubled: Rule = ({ inputs: [x, y] }, at) =>
  x === y && isFloat(x!.dtype) ? [at.apply("mul", [x!, scalar(2, x!.dtype)])] : null;

/** `name(x, y)` with the signs of some operands taken off, as another operation of them. */
const unsigned =
  (signs: readonly [boolean, boolean], name: string, isSwapped = false): Rule =>
  ({ inputs }, at) => {
    const bare = inputs.map((x, i) => (signs[i] ? operand(x, at) : x));
    if (!isFloat(inputs[0]!.dtype) || bare.includes(undefined)) return null;
    return [at.apply(name, (isSwapped ? bare.reverse() : bare) as Atom[])];
  };

const rules: Readonly<Record<string, readonly Rule[]>> = {
  add: [
    sorted("add"),
    neutral(-0),
    neutral(0, isNeverMinusZero),
    doubled,
    unsigned([false, true], "sub"),
    unsigned([true, false], "sub", true),
  ],
  sub: [neutral(0), unsigned([false, true], "add")],
  mul: [sorted("mul"), neutral(1), unsigned([true, true], "mul"), times],
  div: [neutral(1), unsigned([true, true], "div"), dividedByPowerOfTwo],
  maximum: [sorted("maximum")],
  neg: [negated],
};

export const algebra = (graph: Graph): Graph => rewrite(graph, firstOf(rules));
