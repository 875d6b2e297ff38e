// gather and scatterAdd: rows by index; and the table of the equations that have kernels of their own.
//
//   gather   y[m, j, k] = x[m, index[m, j], k]        scatterAdd   x̄[m, i, k] = Σ_{j: index[m, j] = i} ȳ[m, j, k]
//
// Threads do not add to what others hold, so scatterAdd looks at all updates of a row, in their order. Indices are
// checked by whoever knows them (value-checks.ts); here one outside of its axis reads the nearest row.
import type { Equation } from "@cotangent/autodiff";
import { literal } from "../template.ts";
import { type Fold, foldInto } from "./fold.ts";
import { KernelWriter } from "./kernel-writer.ts";
import { argmax, argsort } from "./order.ts";
import { ownIndices } from "./own-indices.ts";
import type { Plan } from "./plan.ts";
import { elementText } from "./positions.ts";
import { rowsOf } from "./rows.ts";
import { cumsum } from "./scan.ts";
import { inOrder, type Slot } from "./slot.ts";

/** Plans one equation on arrays in row-major order; the result takes `shape`, which has as many elements. */
export type EquationPlanner = (
  plan: Plan,
  equation: Equation,
  operands: readonly Slot[],
  shape: readonly number[],
) => Slot;

/** The same elements in the form of another shape. */
export function reshaped(plan: Plan, slot: Slot, shape: readonly number[]): Slot {
  const copy = plan.slot(shape);
  const writer = new KernelWriter();
  const { indices } = ownIndices(writer, inOrder(copy, shape), shape);
  writer.line(`return ${elementText(writer, inOrder(slot, shape), indices, shape)};`);
  return plan.launch(writer.finish("reshape", copy));
}

const gather: EquationPlanner = (plan, equation, [x, index], shape) => {
  const { members, length, each, size } = rowsOf(equation);
  const space = [members, each, size];
  const slot = plan.slot(shape);
  const writer = new KernelWriter();
  const { indices } = ownIndices(writer, inOrder(slot, space), space);
  const [member = "0.0", j = "0.0", k = "0.0"] = indices;
  const at = writer.fresh("at");
  const found = elementText(writer, inOrder(index as Slot, [members, each]), [member, j], space);
  writer.line(`let ${at} = ${found};`);
  writer.line(`if (${at} < 0.0) { ${at} = 0.0; }`);
  writer.line(`if (${at} > ${literal(length - 1)}) { ${at} = ${literal(length - 1)}; }`);
  const from = [members, length, size];
  writer.line(`return ${elementText(writer, inOrder(x as Slot, from), [member, at, k], from)};`);
  return plan.launch(writer.finish("gather", slot));
};

const scatterAdd: EquationPlanner = (plan, equation, [y, index], shape) => {
  const { members, length, each, size } = rowsOf(equation);
  const updates = [members, each, size];
  const fold: Fold = {
    name: "scatterAdd",
    kind: "sum",
    dtype: "f32",
    kept: [members, length, size],
    count: each,
    slots: new Set([y as Slot, index as Slot]),
    term(writer, [member = "0.0", row = "0.0", k = "0.0"], t, add) {
      const operand = inOrder(index as Slot, [members, each]);
      const at = writer.local(elementText(writer, operand, [member, t], updates));
      writer.block(`if (Math.abs(${at} - ${row}) < 0.5)`, () =>
        add(elementText(writer, inOrder(y as Slot, updates), [member, t, k], updates)),
      );
    },
  };
  return foldInto(plan, fold, shape);
};

export const equationPlanners: ReadonlyMap<string, EquationPlanner> = new Map([
  ["gather", gather],
  ["scatterAdd", scatterAdd],
  ["cumsum", cumsum],
  ["argmax", argmax],
  ["argsort", argsort],
]);
