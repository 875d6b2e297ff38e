// Moving elements less: moves of moves become one, moves that change nothing vanish. Exact.
//
//   permute∘permute, reshape∘reshape, broadcastTo∘broadcastTo, slice∘slice → one;   stopGradient → nothing
//   slice of a concat within one part → slice of the part;   concat∘concat → one   a reduction over axes of length 1 → reshape
import type { Atom, DType, Graph } from "@cotangent/autodiff";
import { firstOf, isFloat, type Rewriter, type Rule, rewrite, scalar } from "./rewrite.ts";

type Numbers = readonly number[];
interface Params {
  readonly axes: Numbers;
  readonly axis: number;
  readonly shape: Numbers;
  readonly start: Numbers;
  readonly step: Numbers;
  readonly dtype: DType;
}
type LayoutRule = (x: Atom, params: Params, out: Atom, at: Rewriter) => Atom | null;

const equal = (a: Numbers, b: Numbers) => `${a}` === `${b}`;
const rule =
  (f: LayoutRule): Rule =>
  ({ inputs, params, outputs }, at) => {
    const atom = f(inputs[0]!, params as unknown as Params, outputs[0]!, at);
    return atom && [atom];
  };

/** A move whose input is a move of the same kind. */
const twice = (name: string, combine: (inner: Params, outer: Params) => object): Rule =>
  rule((x, params, _out, at) => {
    const inner = at.madeBy(x, name);
    return inner
      ? at.apply(name, inner.inputs, combine(inner.params as unknown as Params, params))
      : null;
  });

const sameShape: Rule = rule((x, _params, out) => (equal(x.shape, out.shape) ? x : null));
const itself: Rule = rule((x) => x);

const exactly: ReadonlySet<string> = new Set(["f32 f64", "i32 f64", "u32 f64"]);
/** A conversion to the same dtype, or back from one that holds every value of it. */
const roundTrip: Rule = rule((x, { dtype }, _out, at) => {
  const from = at.madeBy(x, "astype")?.inputs[0];
  if (x.dtype === dtype) return x;
  return from?.dtype === dtype && (dtype === "bool" || exactly.has(`${dtype} ${x.dtype}`))
    ? from
    : null;
});

const wholeSlice: Rule = rule((x, { start, step }, out) =>
  equal(x.shape, out.shape) && start.every((n) => n === 0) && step.every((n) => n === 1) ? x : null,
);

/** A slice that reads one part of a concat alone. */
const sliceOfPart: Rule = rule((x, params, _out, at) => {
  const joined = at.madeBy(x, "concat");
  if (!joined) return null;
  const { axis } = joined.params as unknown as Params;
  const [first, length, step] = [params.start[axis]!, params.shape[axis]!, params.step[axis]!];
  const last = first + step * (length - 1);
  let from = 0;
  for (const part of joined.inputs) {
    const end = from + part.shape[axis]!;
    if (length > 0 && Math.min(first, last) >= from && Math.max(first, last) < end)
      return at.apply("slice", [part], { ...params, start: params.start.with(axis, first - from) });
    from = end;
  }
  return null;
});

const concatOfConcat: Rule = ({ inputs, params }, at) => {
  const { axis } = params as unknown as Params;
  const parts = inputs.map((x) => {
    const inner = at.madeBy(x, "concat");
    return (inner?.params as unknown as Params | undefined)?.axis === axis ? inner!.inputs : [x];
  });
  return parts.every((list) => list.length === 1)
    ? null
    : [at.apply("concat", parts.flat(), { axis })];
};

/** A fold over axes of length 1; a sum adds its only term to 0, which makes −0 positive. */
const overOnes = (fold: "sum" | "max"): Rule =>
  rule((x, { axes }, out, at) => {
    if (!axes.every((axis) => x.shape[axis] === 1)) return null;
    const y = at.apply("reshape", [x], { shape: out.shape });
    return fold === "sum" && isFloat(x.dtype) ? at.apply("add", [y, scalar(0, x.dtype)]) : y;
  });

/** A fold of everything does not care for the shape. */
const overAll = (fold: "sum" | "max"): Rule =>
  rule((x, { axes }, _out, at) => {
    const inner = at.madeBy(x, "reshape")?.inputs[0];
    if (!inner || axes.length !== x.shape.length || x.shape.length === inner.shape.length)
      return null;
    return at.apply(fold, [inner], { axes: inner.shape.map((_, axis) => axis) });
  });

const rules: Readonly<Record<string, readonly Rule[]>> = {
  stopGradient: [itself],
  astype: [roundTrip],
  reshape: [sameShape, twice("reshape", (_inner, { shape }) => ({ shape }))],
  broadcastTo: [sameShape, twice("broadcastTo", (_inner, { shape }) => ({ shape }))],
  permute: [
    rule((x, { axes }) => (axes.every((axis, i) => axis === i) ? x : null)),
    twice("permute", (inner, outer) => ({ axes: outer.axes.map((axis) => inner.axes[axis]!) })),
  ],
  slice: [
    wholeSlice,
    twice("slice", (inner, outer) => ({
      start: inner.start.map((n, axis) => n + inner.step[axis]! * outer.start[axis]!),
      step: inner.step.map((n, axis) => n * outer.step[axis]!),
      shape: outer.shape,
    })),
    sliceOfPart,
  ],
  concat: [({ inputs }) => (inputs.length === 1 ? inputs : null), concatOfConcat],
  sum: [overOnes("sum"), overAll("sum")],
  max: [overOnes("max"), overAll("max")],
};

export const layout = (graph: Graph): Graph => rewrite(graph, firstOf(rules));
