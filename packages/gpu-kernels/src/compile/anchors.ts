// What a reduction or a product folds, read from the program.
//
//   reduce   y[kept] = fold_t code(kept, digits of t)          matmul   c[b…, i, j] = Σ_t a[b…, i, t] w[b…, t, j]
import type { MatmulKernel, ReduceKernel } from "@cotangent/graph-passes";
import { sizeOf } from "../errors.ts";
import type { Fold } from "./fold.ts";
import type { Memory } from "./memory.ts";
import type { Plan } from "./plan.ts";
import { digitsOf, elementText } from "./positions.ts";
import { type Code, codeOver, needsOf, valueWriter } from "./scalar-code.ts";
import type { Slot } from "./slot.ts";
import { fitInputs } from "./stores.ts";

/** What a reduction folds. `code` is that of the kernel over kept × reduced. */
export function reduceFold(plan: Plan, kernel: ReduceKernel, code: Code): Fold {
  const { fold: kind, kept, reduced, folded, epilogue } = kernel;
  const count = sizeOf(reduced);
  if (count > 0) fitInputs(plan, code, [folded], plan.limits.inputs);
  const dtype = epilogue.given[0] === "f64" ? "f32" : (epilogue.given[0] ?? "f32");
  const slots = count > 0 ? needsOf(code, [folded]).slots : new Set<Slot>();
  return {
    name: kind,
    kind,
    dtype,
    kept,
    count,
    slots,
    term(writer, keptIndices, t, add) {
      const indices = [...keptIndices, ...digitsOf(writer, t, reduced)];
      const loaded = code.known.get(folded);
      if (loaded) add(elementText(writer, loaded, indices, code.space));
      else add(valueWriter(writer, code, indices, null)(folded));
    },
  };
}

/** The terms of a product. */
export function matmulFold(memory: Memory, kernel: MatmulKernel): Fold {
  const { batch, rows, depth, columns } = kernel;
  const hasTerms = depth > 0;
  const left = hasTerms ? memory.operand(kernel.left) : null;
  const right = hasTerms ? memory.operand(kernel.right) : null;
  return {
    name: "matmul",
    kind: "sum",
    dtype: "f32",
    kept: [...batch, rows, columns],
    count: depth,
    slots: new Set([left, right].flatMap((operand) => (operand ? [operand.slot] : []))),
    term(writer, kept, t, add) {
      if (!left || !right) return;
      const at = kept.slice(0, batch.length);
      const [i = "0.0", j = "0.0"] = kept.slice(batch.length);
      const a = elementText(writer, left, [...at, i, t], [...batch, rows, depth]);
      const w = elementText(writer, right, [...at, t, j], [...batch, depth, columns]);
      add(`${a} * ${w}`);
    },
  };
}

/** The code of a reduction's terms, over kept × reduced. */
export const termCode = (plan: Plan, memory: Memory, kernel: ReduceKernel): Code =>
  codeOver(plan, [...kernel.kept, ...kernel.reduced], kernel.code, memory.operand);
