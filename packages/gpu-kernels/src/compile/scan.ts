// cumsum in stages: no thread adds up more than 64 terms and one sum of all before them.
//
//   S[b] = Σ_{t < 64} x[64b + t];   P = cumsum S;   y[64b + r] = P[b − 1] + Σ_{t ≤ r} x[64b + t]
//
// From the end, x and y are walked backwards.
import type { Equation } from "@cotangent/autodiff";
import { sizeOf } from "../errors.ts";
import { literal } from "../template.ts";
import { type Fold, foldInto, writeFold } from "./fold.ts";
import { KernelWriter } from "./kernel-writer.ts";
import { ownIndices } from "./own-indices.ts";
import type { Plan } from "./plan.ts";
import { elementText } from "./positions.ts";
import { inOrder, type Operand, type Slot } from "./slot.ts";

/** Elements of a block. */
const width = 64;

/** Lines [outer, n, inner] along the middle axis. */
type Lines = readonly [outer: number, n: number, inner: number];

/** Terms t of block b of each line, while they are within the line and `t ≤ last` where that is given. */
function blockFold(x: Operand, lines: Lines, kept: readonly number[], last: string | null): Fold {
  const [, n] = lines;
  return {
    name: "cumsum",
    kind: "sum",
    dtype: "f32",
    kept,
    count: Math.min(n, width),
    slots: new Set([x.slot]),
    term(writer, [o = "0.0", b = "0.0", k = "0.0"], t, add) {
      const at = n > width ? writer.local(`${b} * ${literal(width)} + ${t}`) : t;
      const bounds = [
        ...(last === null ? [] : [`${t} < ${last} + 0.5`]),
        ...(n % width === 0 || n < width ? [] : [`${at} < ${literal(n - 0.5)}`]),
      ];
      const write = (): void => add(elementText(writer, x, [o, at, k], lines));
      if (bounds.length === 0) write();
      else writer.block(`if (${bounds.join(" && ")})`, write);
    },
  };
}

/** Fills `y` with the running sums of `x`, both over `lines`. */
function scanInto(plan: Plan, x: Operand, y: Operand, lines: Lines): void {
  const [outer, n, inner] = lines;
  const blocks = Math.ceil(n / width);
  const whole: Lines = [outer, blocks, inner];
  const sums = blocks > 1 ? foldInto(plan, blockFold(x, lines, whole, null), whole) : null;
  const before = sums && scanned(plan, inOrder(sums, whole), whole);
  const writer = new KernelWriter();
  const [o = "0.0", i = "0.0", k = "0.0"] = ownIndices(writer, y, lines).indices;
  const b = writer.quotient(i, width, n);
  const r = blocks > 1 ? writer.local(`${i} - ${b} * ${literal(width)}`) : i;
  const total = writeFold(writer, blockFold(x, lines, lines, r), [o, blocks > 1 ? b : "0.0", k]);
  if (before)
    writer.block(`if (${b} > 0.5)`, () => {
      const previous = writer.local(`${b} - 1.0`);
      const sum = elementText(writer, inOrder(before, whole), [o, previous, k], whole);
      writer.line(`${total} = ${sum} + ${total};`);
    });
  writer.line(`return ${total};`);
  plan.launch(writer.finish("cumsum", y.slot));
}

function scanned(plan: Plan, x: Operand, lines: Lines): Slot {
  const slot = plan.slot(lines);
  scanInto(plan, x, inOrder(slot, lines), lines);
  return slot;
}

/** yᵢ = Σ_{j ≤ i} xⱼ along an axis, or Σ_{j ≥ i}. */
export function cumsum(
  plan: Plan,
  { params, outputs }: Equation,
  [x]: readonly Slot[],
  shape: readonly number[],
): Slot {
  const { axis, reverse } = params as unknown as { axis: number; reverse: boolean };
  const own = outputs[0]?.shape ?? [];
  const n = own[axis] ?? 1;
  const lines: Lines = [sizeOf(own.slice(0, axis)), n, sizeOf(own.slice(axis + 1))];
  const walk = (slot: Slot): Operand => {
    const forwards = inOrder(slot, lines);
    const [outer = 0, step = 0, inner = 0] = forwards.strides;
    return reverse ? { slot, offset: (n - 1) * step, strides: [outer, -step, inner] } : forwards;
  };
  const y = plan.slot(shape);
  scanInto(plan, walk(x as Slot), walk(y), lines);
  return y;
}
