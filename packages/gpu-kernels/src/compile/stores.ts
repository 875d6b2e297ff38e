// Stores: one launch for each buffer that a kernel of the program stores to.
//
//   element of the buffer → index of the iteration space → value there;   outside of the image: what was there before
//
// What one launch has stored the next ones load instead of computing it again. A fold that more than one of them
// needs gets an array of its own, and so does a part of a value that reads more arrays than a kernel may.
import type { Buffer, Store } from "@cotangent/graph-passes";
import { ownElement } from "../template.ts";
import { type Fold, foldInto, inStages, writeFold } from "./fold.ts";
import { KernelWriter } from "./kernel-writer.ts";
import type { Memory } from "./memory.ts";
import { ownIndices } from "./own-indices.ts";
import type { Plan } from "./plan.ts";
import { stepsPerRow } from "./positions.ts";
import { type Code, needsOf, valueWriter } from "./scalar-code.ts";
import { formOf, inOrder, type Operand, type Slot } from "./slot.ts";

/** Where a value goes: through views of `slot`, which holds what `before` held elsewhere. */
interface Target {
  readonly slot: Slot;
  readonly before: Slot | null;
  readonly stores: readonly { readonly operand: Operand; readonly value: number }[];
}

/** Value 0 of the code, when it is a fold that lies nowhere yet. */
const given = 0;
const valuesOf = (stores: readonly { readonly value: number }[]): number[] =>
  stores.map(({ value }) => value);

/** A fold of so few terms is computed again rather than stored. */
const shortest = 8;

function launchStores(
  plan: Plan,
  code: Code,
  fold: Fold | null,
  target: Target,
  name: string,
): void {
  const { slot, before, stores } = target;
  const values = valuesOf(stores);
  const isFolded = fold !== null && needsOf(code, values).computed.has(given);
  const last = isFolded ? inStages(plan, fold) : null;
  const writer = new KernelWriter();
  const places = stores.map(({ operand, value }) => ({
    value,
    ...ownIndices(writer, operand, code.space),
  }));
  const write = (indices: readonly string[], value: number): string => {
    const total = last && writeFold(writer, last, indices);
    return valueWriter(writer, code, indices, total)(value);
  };
  const [only] = places;
  if (only && places.length === 1 && only.conditions.length === 0)
    writer.line(`return ${write(only.indices, only.value)};`);
  else {
    const own = before ? `${writer.name(before)}${ownElement(slot.shape)}` : "0.0";
    writer.line(`let result = ${own};`);
    for (const { indices, conditions, value } of places)
      writer.block(`if (${conditions.join(" && ") || "0.0 < 1.0"})`, () =>
        writer.line(`result = ${write(indices, value)};`),
      );
    writer.line("return result;");
  }
  plan.launch(writer.finish(last ? last.name : name, slot));
}

/** Gives one value an array of its own. */
function materialise(plan: Plan, code: Code, value: number): void {
  const slot = plan.slot(code.space);
  const operand = inOrder(slot, code.space);
  launchStores(plan, code, null, { slot, before: null, stores: [{ operand, value }] }, "loop");
  code.known.set(value, operand);
}

/** Gives parts of these values arrays of their own, until they read `most` arrays at most. */
export function fitInputs(plan: Plan, code: Code, values: readonly number[], most: number): void {
  for (;;) {
    const { computed, slots } = needsOf(code, values);
    if (slots.size <= most) return;
    const parts = [...computed]
      .map((value) => ({ value, reads: needsOf(code, [value]) }))
      .filter(({ reads }) => reads.slots.size <= plan.limits.inputs && !reads.computed.has(given))
      .sort((a, b) => b.reads.slots.size - a.reads.slots.size);
    const [largest] = parts;
    if (!largest || largest.reads.slots.size < 2)
      throw new RangeError(`expected values that ${plan.limits.inputs} inputs suffice for`);
    materialise(plan, code, largest.value);
  }
}

/** The stores of a code by buffer; those that later ones may build on first. */
function storesByBuffer({ code }: Code): [Buffer, Store[]][] {
  const byBuffer = new Map<Buffer, Store[]>();
  for (const store of code.stores) {
    const others = byBuffer.get(store.view.buffer) ?? [];
    byBuffer.set(store.view.buffer, [...others, store]);
  }
  const first = (stores: readonly Store[]) => Math.min(...stores.map(({ value }) => value));
  return [...byBuffer].sort(([, a], [, b]) => first(a) - first(b));
}

/** How many launches compute the fold, when each may load what the ones before have stored. */
function foldsNeeded({ space, code, known }: Code, groups: readonly [Buffer, Store[]][]): number {
  const sofar = new Map(known);
  return groups.filter(([, stores]) => {
    const values = valuesOf(stores);
    const isNeeded = needsOf({ space, code, known: sofar }, values).computed.has(given);
    for (const value of values) sofar.set(value, { slot: { shape: [1] }, offset: 0, strides: [] });
    return isNeeded;
  }).length;
}

/** The stores of one buffer in one launch, or one by one where together they read more than a kernel may. */
function batchesOf(code: Code, stores: readonly Store[], most: number): (readonly Store[])[] {
  const fits = stores.length === 1 || needsOf(code, valuesOf(stores)).slots.size <= most;
  return fits ? [stores] : stores.map((store) => [store]);
}

/** The space with one axis as two, the inner one of length `inner`. */
function splitSpace({ space, code, known }: Code, axis: number, inner: number): Code {
  const split = <T extends { readonly strides: readonly number[] }>(view: T): T => {
    const stride = view.strides[axis] ?? 0;
    return { ...view, strides: view.strides.toSpliced(axis, 1, stride * inner, stride) };
  };
  const stores = code.stores.map(({ view, value }) => ({ view: split(view), value }));
  return {
    space: space.toSpliced(axis, 1, (space[axis] ?? 1) / inner, inner),
    code: { ...code, stores },
    known: new Map([...known].map(([value, operand]) => [value, split(operand)])),
  };
}

/**
 * The space with its axes split where they run across the ends of rows of what is stored.
 *
 * A thread knows its row and column, so that indices need neither division nor numbers beyond 2²⁴.
 */
export function alongRows(code: Code): Code {
  for (const { view } of code.code.stores) {
    const [, columns] = formOf(view.buffer.shape);
    for (const [axis, extent] of code.space.entries()) {
      const stride = view.strides[axis] ?? 0;
      const inner = columns === undefined ? 0 : stepsPerRow({ extent, stride }, columns);
      if (inner > 0 && extent % inner === 0) return alongRows(splitSpace(code, axis, inner));
    }
  }
  return code;
}

/** Launches all stores of a code. `fold` computes its given value, if it has one. */
export function launchAll(plan: Plan, memory: Memory, code: Code, fold: Fold | null): void {
  if (code.space.includes(0)) return;
  const groups = storesByBuffer(code);
  // One input is kept for what was there before.
  const most = plan.limits.inputs - 1;
  let open = fold;
  const reads = (values: readonly number[]) =>
    new Set([...needsOf(code, values).slots, ...(open?.slots ?? [])]).size;
  const isTooWide = groups.some(([, stores]) => reads(valuesOf(stores)) > most);
  const isShort = fold !== null && fold.count <= shortest;
  if (open && (isTooWide || (!isShort && foldsNeeded(code, groups) > 1))) {
    code.known.set(given, inOrder(foldInto(plan, open, code.space), code.space));
    open = null;
  }
  for (const [buffer, all] of groups)
    for (const stores of batchesOf(code, all, most)) {
      const before = memory.before(buffer);
      if (!open) fitInputs(plan, code, valuesOf(stores), before ? most : most + 1);
      const slot = plan.slot(buffer.shape);
      const targets = stores.map(({ view, value }) => ({ operand: { ...view, slot }, value }));
      launchStores(plan, code, open, { slot, before, stores: targets }, "loop");
      memory.set(buffer, slot);
      for (const { operand, value } of targets) code.known.set(value, operand);
    }
}
