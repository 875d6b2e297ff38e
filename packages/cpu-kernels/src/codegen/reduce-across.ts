// A reduction with lanes along the innermost kept axis.
//
//   for groups of four vectors of the kept axis: for reduced: four totals;  epilogue on each
//
// Four vectors of f32 are a cache line, so that walking down a matrix reads whole lines.
import { type Expr, i32, ifThen, type Local, op, select, set } from "../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "./context.ts";
import { Fold, termsPerPartial } from "./fold.ts";
import { Fragment } from "./fragment.ts";
import type { Reduction } from "./reduction.ts";
import { narrowMask } from "./vectors.ts";
import { Walkers } from "./walkers.ts";

const vectorsPerGroup = 4;

export function foldAcross(
  name: string,
  { kernel, lanes, nest, epilogue, kept, dtype }: Reduction,
  module: ModuleContext,
): Phase {
  const axis = kept - 1;
  const last = nest.lengths.length - 1;
  const length = nest.lengths[axis]!;
  const vectors = Math.floor(length / lanes);
  const groups = Math.floor(vectors / vectorsPerGroup);
  const splitsOuter = axis > 0;
  const units = splitsOuter ? nest.lengths[0]! : Math.max(1, groups);

  return phase(module, name, units, (fb, { begin, end, own }) => {
    const walkers = new Walkers(fb, nest.lengths, module.blocks(own));
    const around = { context: { ...module, lanes }, fb, walkers, vectorAxis: axis };
    const main = new Fragment(kernel.code, { ...around, ...nest });
    const after = new Fragment(kernel.epilogue, { ...around, strides: epilogue });

    const isShort = last === kept && nest.lengths[last]! <= termsPerPartial;
    /** All of the fold for vectors that begin at the pointers. */
    const group = (count: number, active: number): Expr[] => {
      const parts = Array.from({ length: count }, (_, i) => ({
        terms: main.copy(i, active),
        results: after.copy(i, active),
        fold: new Fold(fb, kernel.fold, dtype, lanes, { isShort }),
      }));
      const each = (f: (part: (typeof parts)[number]) => readonly Expr[]) => parts.flatMap(f);
      const take = () =>
        each(({ terms, fold }) => {
          const statements = [...terms.at(last), ...terms.stores()];
          const value = terms.value(kernel.folded);
          return [...statements, fold.add(dtype === "bool" ? narrowMask(value) : value.expr)];
        });
      const block = (n: number): Expr[] => [
        ...each(({ fold }) => fold.reset()),
        ...walkers.loop(last, n, 1, take),
        ...each(({ fold }) => fold.flush()),
      ];
      const row = (n: number): Expr[] => {
        if (n <= termsPerPartial) return block(n);
        return walkers.loop(
          last,
          Math.floor(n / termsPerPartial),
          termsPerPartial,
          () => block(termsPerPartial),
          () => (n % termsPerPartial ? block(n % termsPerPartial) : []),
        );
      };
      const from = (level: number): Expr[] => {
        if (level === last) return row(nest.lengths[last]!);
        const body = () => [...each(({ terms }) => terms.at(level)), ...from(level + 1)];
        return walkers.loop(level, nest.lengths[level]!, 1, body);
      };
      return [
        ...each(({ terms, fold }) => [...terms.at(axis), ...fold.begin()]),
        ...from(kept),
        ...each(({ results, fold }) => {
          const result = fb.local("result", "v128");
          results.give(0, result);
          return [set(result, fold.lanes()), ...results.all(), ...results.stores()];
        }),
      ];
    };
    const isLast = (statements: Expr[]): Expr[] =>
      splitsOuter || statements.length === 0
        ? statements
        : [ifThen(op("i32.eq", end, i32(units)), ...statements)];
    /** The vectors after the last whole group, then the elements after the last vector. */
    const rest = (): Expr[] => {
      const singles = vectors % vectorsPerGroup;
      const tail = length % lanes;
      const ending = () => (tail ? group(1, tail) : []);
      return isLast(
        singles
          ? walkers.loop(axis, 1, singles * lanes, () => group(singles, lanes), ending)
          : ending(),
      );
    };
    const count = fb.local("count", "i32");
    const row = (n: number | Local): Expr[] =>
      walkers.loop(axis, n, vectorsPerGroup * lanes, () => group(vectorsPerGroup, lanes), rest);
    const result = (level: number): Expr[] => {
      if (level === axis) return row(splitsOuter || units === 1 ? groups : count);
      const n = level === 0 ? count : nest.lengths[level]!;
      return walkers.loop(level, n, 1, () => [...main.at(level), ...result(level + 1)]);
    };
    const statements = [...main.at(-1), ...result(0)];
    const limit = select(end, i32(groups), op("i32.lt_s", end, i32(groups)));
    const stride = splitsOuter ? 1 : vectorsPerGroup * lanes;
    fb.push(
      set(count, op("i32.sub", splitsOuter ? end : limit, begin)),
      ...walkers.start([[0, op("i32.mul", begin, i32(stride))]]),
      ...statements,
    );
  });
}
