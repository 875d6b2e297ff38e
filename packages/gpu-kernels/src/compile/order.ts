// argmax and argsort, with the interpreter's ties and NaN.
//
//   argmax    the first largest; a NaN counts as the largest                  in stages, like folds
//   argsort   rankᵢ = #{j before i};  y[p] = i where rankᵢ = p                stable, NaN last
import type { DType, Equation } from "@cotangent/autodiff";
import { sizeOf } from "../errors.ts";
import { scalarText } from "../scalar/index.ts";
import { literal } from "../template.ts";
import { compileError } from "./compile-error.ts";
import { chunkLength, type Fold, foldInto } from "./fold.ts";
import { KernelWriter } from "./kernel-writer.ts";
import { ownIndices } from "./own-indices.ts";
import type { Plan } from "./plan.ts";
import { digitsOf, elementText } from "./positions.ts";
import { inOrder, type Slot, stridesOf } from "./slot.ts";

/** Text that is 1 where the comparison holds, else 0. */
function compared(writer: KernelWriter, op: string, dtype: DType, a: string, b: string): string {
  const { functions, expression } = scalarText(op, [dtype, dtype], "bool");
  writer.uses(functions);
  return writer.local(expression(a, b));
}
const dtypeOf = ({ inputs }: Equation): DType =>
  inputs[0]?.dtype === "f64" || inputs[0] === undefined ? "f32" : inputs[0].dtype;

/** The winners among candidates: candidate t of a result, as the index along the axes that are folded. */
interface Contest {
  readonly kept: readonly number[];
  readonly count: number;
  candidate(writer: KernelWriter, kept: readonly string[], t: string): string;
  element(writer: KernelWriter, kept: readonly string[], at: string): string;
  readonly dtype: DType;
}

/** Writes the search among `count` candidates from `first` on; returns the local of the winner. */
function writeContest(
  writer: KernelWriter,
  { candidate, element, dtype, count: all }: Contest,
  kept: readonly string[],
  first: string,
  count: number,
): string {
  const [winner, best] = [writer.fresh("winner"), writer.fresh("best")];
  writer.line(`let ${winner} = ${candidate(writer, kept, first)};`);
  writer.line(`let ${best} = ${element(writer, kept, winner)};`);
  const [i, t] = [writer.fresh("i"), writer.fresh("t")];
  writer.block(`for (let ${i} = 0; ${i} < ${count}; ${i}++)`, () => {
    writer.line(`const ${t} = ${first} + ${i};`);
    writer.block(`if (${t} < ${literal(all - 0.5)})`, () => {
      const at = writer.local(candidate(writer, kept, t));
      const value = writer.local(element(writer, kept, at));
      const isAbove = compared(writer, "less", dtype, best, value);
      const missing = compared(writer, "notEqual", dtype, value, value);
      const wasMissing = compared(writer, "notEqual", dtype, best, best);
      writer.line(
        `if (${isAbove} + ${missing} * (1.0 - ${wasMissing}) > 0.5) { ${winner} = ${at}; ${best} = ${value}; }`,
      );
    });
  });
  return winner;
}

function contestInto(plan: Plan, contest: Contest, shape: readonly number[]): Slot {
  const { kept, count } = contest;
  const length = chunkLength(contest);
  const space = length === 0 ? kept : [Math.ceil(count / length), ...kept];
  const slot = plan.slot(length === 0 ? shape : space);
  const writer = new KernelWriter();
  const { indices } = ownIndices(writer, inOrder(slot, space), space);
  const first = length === 0 ? "0.0" : writer.local(`${indices[0]} * ${literal(length)}`);
  const own = length === 0 ? indices : indices.slice(1);
  writer.line(`return ${writeContest(writer, contest, own, first, length || count)};`);
  plan.launch(writer.finish("argmax", slot));
  if (length === 0) return slot;
  const candidate: Contest["candidate"] = (at, keptIndices, t) =>
    elementText(at, inOrder(slot, space), [t, ...keptIndices], space);
  return contestInto(plan, { ...contest, count: space[0] ?? 1, candidate }, shape);
}

/** The index of the largest element along `axes`, in the row-major order of these. */
export function argmax(
  plan: Plan,
  equation: Equation,
  [x]: readonly Slot[],
  shape: readonly number[],
): Slot {
  const { axes } = equation.params as unknown as { axes: readonly number[] };
  const own = equation.inputs[0]?.shape ?? [];
  const steps = stridesOf(own);
  const others = own.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const extents = (list: readonly number[]) => list.map((axis) => own[axis] ?? 1);
  const [kept, reduced] = [extents(others), extents(axes)];
  const strides = [...others, ...axes].map((axis) => steps[axis] ?? 0);
  const contest: Contest = {
    kept,
    count: sizeOf(reduced),
    dtype: dtypeOf(equation),
    candidate: (_writer, _kept, t) => t,
    element: (writer, keptIndices, at) =>
      elementText(
        writer,
        { slot: x as Slot, offset: 0, strides },
        [...keptIndices, ...digitsOf(writer, at, reduced)],
        [...kept, ...reduced],
      ),
  };
  return contestInto(plan, contest, shape);
}

/** Comparisons grow with the square of a row's length. */
const longestRow = 2 ** 14;

/** The indices that sort each row. */
export function argsort(
  plan: Plan,
  equation: Equation,
  [x]: readonly Slot[],
  shape: readonly number[],
): Slot {
  const own = equation.inputs[0]?.shape ?? [];
  const n = own.at(-1) ?? 1;
  if (n > longestRow)
    throw compileError(
      `argsort of rows of ${n} elements; expected at most ${longestRow} on a device, where every element is compared with every other: sort outside of the compiled function`,
    );
  const space = [sizeOf(own) / n, n];
  const dtype = dtypeOf(equation);
  const from = inOrder(x as Slot, space);
  const common = { kind: "sum", dtype: "f32", kept: space, count: n } as const;
  const ranks: Fold = {
    ...common,
    name: "argsort: ranks",
    slots: new Set([x as Slot]),
    term(writer, [row = "0.0", i = "0.0"], j, add) {
      const [a, b] = [i, j].map((at) => writer.local(elementText(writer, from, [row, at], space)));
      const mine = a as string;
      const other = b as string;
      const isLess = compared(writer, "less", dtype, other, mine);
      const isEqual = compared(writer, "equal", dtype, other, mine);
      const otherMissing = compared(writer, "notEqual", dtype, other, other);
      const missing = compared(writer, "notEqual", dtype, mine, mine);
      writer.block(`if (${isLess} + ${missing} * (1.0 - ${otherMissing}) > 0.5)`, () => add("1.0"));
      const tie = `${isEqual} + ${missing} * ${otherMissing}`;
      writer.block(`if (${tie} > 0.5 && ${j} < ${i} - 0.5)`, () => add("1.0"));
    },
  };
  const rank = foldInto(plan, ranks, space);
  const places: Fold = {
    ...common,
    name: "argsort",
    slots: new Set([rank]),
    term(writer, [row = "0.0", p = "0.0"], i, add) {
      const found = elementText(writer, inOrder(rank, space), [row, i], space);
      writer.block(`if (Math.abs(${writer.local(found)} - ${p}) < 0.5)`, () => add(i));
    },
  };
  return foldInto(plan, places, shape);
}
