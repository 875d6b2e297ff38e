// A reduction with lanes along the innermost kept axis.
//
//   for groups of four vectors of the kept axis: for reduced: four totals;  epilogue on each
//
// Four vectors of f32 are a cache line, so that walking down a matrix reads whole lines.
import {
  type Expr,
  type FunctionBuilder,
  i32,
  ifThen,
  type Local,
  op,
  select,
  set,
} from "../wasm/index.ts";
import { type KernelCode, type ModuleContext, phase } from "./context.ts";
import { Fold, termsPerPartial } from "./fold.ts";
import { Fragment } from "./fragment.ts";
import type { Reduction } from "./reduction.ts";
import { narrowMask } from "./vectors.ts";
import { Walkers } from "./walkers.ts";

const vectorsPerGroup = 4;

export function foldAcross(name: string, reduction: Reduction, module: ModuleContext): KernelCode {
  const { lanes, nest, kept } = reduction;
  const axis = kept - 1;
  const groups = Math.floor(Math.floor(nest.lengths[axis]! / lanes) / vectorsPerGroup);
  const units = axis > 0 ? nest.lengths[0]! : Math.max(1, groups);
  const write = (fb: FunctionBuilder, { begin, end }: Range): void =>
    new Across(fb, reduction, module).write(units, begin, end);
  return [phase(module, name, units, write)];
}

type Range = Readonly<Record<"begin" | "end", Local>>;

/** One vector of results: its terms, its fold, and what is made of the fold. */
interface Part {
  readonly terms: Fragment;
  readonly results: Fragment;
  readonly fold: Fold;
}

/** The function of such a reduction. */
class Across {
  readonly fb: FunctionBuilder;
  readonly reduction: Reduction;
  readonly walkers: Walkers;
  readonly main: Fragment;
  readonly after: Fragment;
  /** The axis of the lanes, and the innermost reduced one. */
  readonly axis: number;
  readonly last: number;

  constructor(fb: FunctionBuilder, reduction: Reduction, module: ModuleContext) {
    const { kernel, lanes, nest, epilogue, kept } = reduction;
    this.fb = fb;
    this.reduction = reduction;
    this.axis = kept - 1;
    this.last = nest.lengths.length - 1;
    this.walkers = new Walkers(fb, nest.lengths);
    const { walkers, axis: vectorAxis } = this;
    const around = { context: { ...module, lanes }, fb, walkers, vectorAxis };
    this.main = new Fragment(kernel.code, { ...around, strides: nest.strides });
    this.after = new Fragment(kernel.epilogue, { ...around, strides: epilogue });
  }

  write(units: number, begin: Local, end: Local): void {
    const { fb, walkers, main, axis } = this;
    const { lanes, nest } = this.reduction;
    const count = fb.local("count", "i32");
    const groups = Math.floor(Math.floor(nest.lengths[axis]! / lanes) / vectorsPerGroup);
    const splitsOuter = axis > 0;
    /** Whole groups, then the vectors after them, which belong to the last unit. */
    const row = (): Expr[] =>
      walkers.loop(
        axis,
        splitsOuter || units === 1 ? groups : count,
        vectorsPerGroup * lanes,
        () => this.group(vectorsPerGroup, lanes),
        () => {
          const rest = this.rest();
          const isDivided = !splitsOuter && rest.length > 0;
          return isDivided ? [ifThen(op("i32.eq", end, i32(units)), ...rest)] : rest;
        },
      );
    const from = (level: number): Expr[] => {
      if (level === axis) return row();
      const n = level === 0 ? count : nest.lengths[level]!;
      return walkers.loop(level, n, 1, () => [...main.at(level), ...from(level + 1)]);
    };
    const statements = [...main.at(-1), ...from(0)];
    const limit = select(end, i32(groups), op("i32.lt_s", end, i32(groups)));
    const stride = splitsOuter ? 1 : vectorsPerGroup * lanes;
    fb.push(
      set(count, op("i32.sub", splitsOuter ? end : limit, begin)),
      ...walkers.start([[0, op("i32.mul", begin, i32(stride))]]),
      ...statements,
    );
  }

  /** The vectors after the last whole group, then the elements after the last vector. */
  rest(): Expr[] {
    const { axis, walkers } = this;
    const { lanes, nest } = this.reduction;
    const length = nest.lengths[axis]!;
    const singles = Math.floor(length / lanes) % vectorsPerGroup;
    const tail = length % lanes;
    const ending = (): Expr[] => (tail ? this.group(1, tail) : []);
    if (singles === 0) return ending();
    return walkers.loop(axis, 1, singles * lanes, () => this.group(singles, lanes), ending);
  }

  /** All of the fold for `count` vectors that begin at the pointers, and what is made of it. */
  group(count: number, active: number): Expr[] {
    const { fb, axis, last } = this;
    const { kernel, lanes, nest, dtype, kept } = this.reduction;
    const isShort = last === kept && nest.lengths[last]! <= termsPerPartial;
    const parts: Part[] = [];
    for (let i = 0; i < count; i++)
      parts.push({
        terms: this.main.copy(i, active),
        results: this.after.copy(i, active),
        fold: new Fold(fb, kernel.fold, dtype, lanes, { isShort }),
      });
    const body: Expr[] = [];
    for (const { terms, fold } of parts) body.push(...terms.at(axis), ...fold.begin());
    body.push(...this.reduced(parts, kept));
    for (const { results, fold } of parts) {
      const result = fb.local("result", "v128");
      results.give(0, result);
      body.push(set(result, fold.lanes()), ...results.all(), ...results.stores());
    }
    return body;
  }

  /** The loops over the reduced axes from `level` on. */
  reduced(parts: readonly Part[], level: number): Expr[] {
    const { last, walkers } = this;
    const length = this.reduction.nest.lengths[level]!;
    if (level < last) {
      const body = (): Expr[] => {
        const statements: Expr[] = [];
        for (const { terms } of parts) statements.push(...terms.at(level));
        statements.push(...this.reduced(parts, level + 1));
        return statements;
      };
      return walkers.loop(level, length, 1, body);
    }
    if (length <= termsPerPartial) return this.block(parts, length);
    const rest = length % termsPerPartial;
    return walkers.loop(
      last,
      Math.floor(length / termsPerPartial),
      termsPerPartial,
      () => this.block(parts, termsPerPartial),
      () => (rest ? this.block(parts, rest) : []),
    );
  }

  /** The next `n` terms of each partial. */
  block(parts: readonly Part[], n: number): Expr[] {
    const { kernel, dtype } = this.reduction;
    const take = (): Expr[] => {
      const statements: Expr[] = [];
      for (const { terms, fold } of parts) {
        statements.push(...terms.at(this.last), ...terms.stores());
        const value = terms.value(kernel.folded);
        statements.push(fold.add(dtype === "bool" ? narrowMask(value) : value.expr));
      }
      return statements;
    };
    const body: Expr[] = [];
    for (const { fold } of parts) body.push(...fold.reset());
    body.push(...this.walkers.loop(this.last, n, 1, take));
    for (const { fold } of parts) body.push(...fold.flush());
    return body;
  }
}
