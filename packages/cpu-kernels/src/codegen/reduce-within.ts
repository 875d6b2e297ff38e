// A reduction with lanes along the innermost reduced axis.
//
//   for kept: total = Σ over the other reduced axes of Σ over rows;  epilogue on the folded lanes
import { type Expr, type FunctionBuilder, type Local, op, set } from "../wasm/index.ts";
import { type KernelCode, type ModuleContext, phase } from "./context.ts";
import { Fold, termsPerPartial } from "./fold.ts";
import { Fragment } from "./fragment.ts";
import type { Reduction } from "./reduction.ts";
import { narrowMask } from "./vectors.ts";
import { Walkers } from "./walkers.ts";

/** Several partials hide the latency of an addition where there is little else to do. */
const widthOf = (steps: number, vectors: number): number => (steps <= 8 && vectors >= 8 ? 4 : 1);

export function foldWithin(name: string, reduction: Reduction, module: ModuleContext): KernelCode {
  const write = (fb: FunctionBuilder, { begin, end }: Readonly<Record<"begin" | "end", Local>>) =>
    new Within(fb, reduction, module).write(begin, end);
  return [phase(module, name, reduction.nest.lengths[0]!, write)];
}

/** The function of such a reduction. */
class Within {
  readonly fb: FunctionBuilder;
  readonly reduction: Reduction;
  readonly walkers: Walkers;
  readonly main: Fragment;
  /** The elements after the last whole vector of a row. */
  readonly tail: Fragment | null;
  /** The vectors that are folded side by side; the first is `main`. */
  readonly copies: Fragment[];
  readonly after: Fragment;
  readonly fold: Fold;
  readonly count: Local;
  /** The innermost reduced axis. */
  readonly axis: number;

  constructor(fb: FunctionBuilder, reduction: Reduction, module: ModuleContext) {
    const { kernel, lanes, nest, epilogue, dtype } = reduction;
    this.fb = fb;
    this.reduction = reduction;
    this.axis = nest.lengths.length - 1;
    this.walkers = new Walkers(fb, nest.lengths);
    const length = nest.lengths[this.axis]!;
    const width = widthOf(kernel.code.steps.length, Math.floor(length / lanes));
    const around = { context: { ...module, lanes }, fb, walkers: this.walkers };
    const { strides } = nest;
    this.main = new Fragment(kernel.code, { ...around, strides, vectorAxis: this.axis });
    this.copies = [this.main];
    for (let i = 1; i < width; i++) this.copies.push(this.main.copy(i));
    this.tail = length % lanes > 0 ? this.main.copy(0, length % lanes) : null;
    const outside = { ...around, strides: epilogue, vectorAxis: -1 };
    this.after = new Fragment(kernel.epilogue, outside, { vector: 0, active: 1 });
    this.fold = new Fold(fb, kernel.fold, dtype, lanes, { width });
    this.count = fb.local("count", "i32");
  }

  write(begin: Local, end: Local): void {
    const { fb, walkers, count } = this;
    const statements = [...this.main.at(-1), ...this.results(0)];
    fb.push(set(count, op("i32.sub", end, begin)), ...walkers.start([[0, begin]]), ...statements);
  }

  /** The loops over the kept axes from `level` on. */
  results(level: number): Expr[] {
    const { walkers, main, fold, after } = this;
    const { kept, nest } = this.reduction;
    if (level < kept) {
      const n = level === 0 ? this.count : nest.lengths[level]!;
      return walkers.loop(level, n, 1, () => [...main.at(level), ...this.results(level + 1)]);
    }
    const terms = [...fold.begin(), ...this.terms(kept), ...fold.across()];
    after.give(0, fold.result);
    return [...terms, ...after.all(), ...after.stores()];
  }

  /** The loops over the reduced axes from `level` on. */
  terms(level: number): Expr[] {
    if (level === this.axis) return this.row();
    const body = (): Expr[] => [...this.main.at(level), ...this.terms(level + 1)];
    return this.walkers.loop(level, this.reduction.nest.lengths[level]!, 1, body);
  }

  /** All of one row, in blocks after which the partials go into the total. */
  row(): Expr[] {
    const { axis, walkers } = this;
    const { lanes, nest } = this.reduction;
    const width = this.copies.length;
    const rounds = Math.floor(Math.floor(nest.lengths[axis]! / lanes) / width);
    if (rounds <= termsPerPartial) return this.block(rounds, true);
    return walkers.loop(
      axis,
      Math.floor(rounds / termsPerPartial),
      termsPerPartial * width * lanes,
      () => this.block(termsPerPartial, false),
      () => this.block(rounds % termsPerPartial, true),
    );
  }

  /** `count` rounds over all copies, and what is left of the row if this is its end. */
  block(count: number, isEnd: boolean): Expr[] {
    const { axis, copies, fold, walkers } = this;
    const step = copies.length * this.reduction.lanes;
    const wide = (): Expr[] => copies.flatMap((fragment, index) => this.take(fragment, index));
    const end = (): Expr[] => (isEnd ? this.rest() : []);
    return [...fold.reset(), ...walkers.loop(axis, count, step, wide, end), ...fold.flush()];
  }

  rest(): Expr[] {
    const { axis, main, tail, walkers } = this;
    const { lanes, nest } = this.reduction;
    const length = nest.lengths[axis]!;
    const singles = Math.floor(length / lanes) % this.copies.length;
    const ending = (): Expr[] => (tail ? this.take(tail, 0, length % lanes) : []);
    return walkers.loop(axis, singles, lanes, () => this.take(main, 0), ending);
  }

  /** One vector of terms into partial `index`. */
  take(fragment: Fragment, index: number, active?: number): Expr[] {
    const { kernel, dtype } = this.reduction;
    const statements = [...fragment.at(this.axis), ...fragment.stores()];
    const value = fragment.value(kernel.folded);
    statements.push(
      this.fold.add(dtype === "bool" ? narrowMask(value) : value.expr, index, active),
    );
    return statements;
  }
}
