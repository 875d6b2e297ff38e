// Folds: sums and maxima over many terms, in stages where they are long.
//
//   y[kept] = fold_{t < count} term(kept, t)
//
// One thread folds all terms of one result. Where terms are many and results few, threads fold parts first:
//   part[c][kept] = fold over chunk c;   y[kept] = fold_c part[c][kept]
// Sums add up blocks of 64, whose errors do not add up (Higham 2002, section 4.2).
import type { DType } from "@cotangent/autodiff";
import { sizeOf } from "../errors.ts";
import { scalarText } from "../scalar/index.ts";
import { literal, sum } from "../template.ts";
import { compileError } from "./compile-error.ts";
import { KernelWriter } from "./kernel-writer.ts";
import { ownIndices } from "./own-indices.ts";
import type { Plan } from "./plan.ts";
import { elementText } from "./positions.ts";
import { inOrder, type Slot, wholeLimit } from "./slot.ts";

export interface Fold {
  readonly name: string;
  readonly kind: "sum" | "max";
  readonly dtype: DType;
  readonly kept: readonly number[];
  readonly count: number;
  /** The arrays that terms read. */
  readonly slots: ReadonlySet<Slot>;
  /** Writes term `t` (the name of a local) of the result at `kept`, and hands its text to `add`: once, or within a condition. */
  term(writer: KernelWriter, kept: readonly string[], t: string, add: (term: string) => void): void;
}

const block = 64;
/** Longer folds go in stages… */
const longest = 1024;
/** …as long as they have fewer threads than this. */
const enoughThreads = 8192;

/** Adds one term to the local `into`; `isFirst` is the condition for the first of a maximum. */
function addTerm(
  writer: KernelWriter,
  { kind, dtype }: Fold,
  text: string,
  into: string,
  isFirst: string,
): void {
  if (kind === "sum") return writer.line(`${into} += ${text};`);
  const term = writer.local(text);
  const { functions, expression } = scalarText("maximum", [dtype, dtype], dtype);
  writer.uses(functions);
  writer.line(
    `if (${isFirst}) { ${into} = ${term}; } else { ${into} = ${expression(into, term)}; }`,
  );
}

/** The text of term `t`, where it needs no lines of its own; else null. */
function plainTerm(writer: KernelWriter, fold: Fold, kept: readonly string[]): string | null {
  const found: string[] = [];
  const isPlain = writer.writesNothing(() =>
    fold.term(writer, kept, "t", (text) => found.push(text)),
  );
  return isPlain && found.length === 1 ? (found[0] ?? null) : null;
}

/** Writes the fold of `count` terms from `first` on (all by default) and returns the local that holds it. */
export function writeFold(
  writer: KernelWriter,
  fold: Fold,
  kept: readonly string[],
  first = "0.0",
  count: number = fold.count,
): string {
  const total = writer.fresh("total");
  const isWhole = fold.kind === "sum" && first === "0.0" && count > 0;
  const plain = isWhole ? plainTerm(writer, fold, kept) : null;
  if (plain !== null) {
    writer.line(sum(total, "t", count, plain));
    return total;
  }
  writer.line(`let ${total} = 0.0;`);
  const loop = (start: readonly string[], length: number, into: string): void => {
    const i = writer.fresh("i");
    writer.block(`for (let ${i} = 0; ${i} < ${length}; ${i}++)`, () => {
      const t = writer.fresh("t");
      writer.line(`const ${t} = ${[...start, i].filter((part) => part !== "0.0").join(" + ")};`);
      const add = (term: string): void =>
        addTerm(writer, fold, term, into, `${t} < ${first} + 0.5`);
      fold.term(writer, kept, t, add);
    });
  };
  const whole = Math.floor(count / block) * block;
  if (fold.kind === "max" || count <= block) {
    if (count > 0) loop([first], count, total);
    return total;
  }
  const from = writer.fresh("block");
  writer.block(`for (let ${from} = 0; ${from} < ${whole}; ${from} += ${block})`, () => {
    const part = writer.fresh("part");
    writer.line(`let ${part} = 0.0;`);
    loop([first, from], block, part);
    writer.line(`${total} += ${part};`);
  });
  if (count > whole) {
    const rest = writer.fresh("rest");
    writer.line(`let ${rest} = 0.0;`);
    loop([first, literal(whole)], count - whole, rest);
    writer.line(`${total} += ${rest};`);
  }
  return total;
}

/** How many terms each chunk has; 0 if one kernel does it all. */
export function chunkLength({ kept, count }: Pick<Fold, "kept" | "count">): number {
  const threads = sizeOf(kept);
  if (count <= longest || threads >= enoughThreads) return 0;
  const chunks = Math.min(Math.ceil(count / block), Math.ceil((2 * enoughThreads) / threads));
  return Math.min(longest, Math.ceil(count / chunks / block) * block);
}

/** Launches the first stages of a fold; what is left is a fold that one kernel finishes. */
export function inStages(plan: Plan, fold: Fold): Fold {
  const length = chunkLength(fold);
  if (length === 0) return fold;
  const { name, kind, dtype, kept, count } = fold;
  if (count > wholeLimit)
    throw compileError(
      `a ${name} of ${count} terms; expected at most ${wholeLimit}, where f32 indices end: fold one axis after the other, or make the batch smaller`,
    );
  const chunks = Math.ceil(count / length);
  const space = [chunks, ...kept];
  const slot = plan.slot(space);
  const writer = new KernelWriter();
  const { indices } = ownIndices(writer, inOrder(slot, space), space);
  const [chunk = "0.0", ...rest] = indices;
  const first = writer.local(`${chunk} * ${literal(length)}`);
  const guarded: Fold = {
    ...fold,
    term(at, keptIndices, t, add) {
      const write = (): void => fold.term(at, keptIndices, t, add);
      if (count % length === 0) write();
      else at.block(`if (${t} < ${literal(count - 0.5)})`, write);
    },
  };
  writer.line(`return ${writeFold(writer, guarded, rest, first, length)};`);
  plan.launch(writer.finish(`${name}, in parts`, slot));
  const parts = inOrder(slot, space);
  return inStages(plan, {
    name,
    kind,
    dtype,
    kept,
    count: chunks,
    slots: new Set([slot]),
    term: (at, keptIndices, t, add) => add(elementText(at, parts, [t, ...keptIndices], space)),
  });
}

/** Launches a whole fold into a new array of shape `shape`, whose elements are those of `kept` in order. */
export function foldInto(plan: Plan, fold: Fold, shape: readonly number[]): Slot {
  const last = inStages(plan, fold);
  const slot = plan.slot(shape);
  const writer = new KernelWriter();
  const { indices } = ownIndices(writer, inOrder(slot, fold.kept), fold.kept);
  writer.line(`return ${writeFold(writer, last, indices)};`);
  return plan.launch(writer.finish(fold.name, slot));
}
