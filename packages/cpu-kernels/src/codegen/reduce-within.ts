// A reduction with lanes along the innermost reduced axis.
//
//   for kept: total = Σ over the other reduced axes of Σ over rows;  epilogue on the folded lanes
import { type Expr, op, set } from "../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "./context.ts";
import { Fold, termsPerPartial } from "./fold.ts";
import { Fragment } from "./fragment.ts";
import type { Reduction } from "./reduction.ts";
import { narrowMask } from "./vectors.ts";
import { Walkers } from "./walkers.ts";

/** Several partials hide the latency of an addition where there is little else to do. */
const widthOf = (steps: number, vectors: number): number => (steps <= 8 && vectors >= 8 ? 4 : 1);

export function foldWithin(
  name: string,
  { kernel, lanes, nest, epilogue, kept, dtype }: Reduction,
  module: ModuleContext,
): Phase {
  const axis = nest.lengths.length - 1;
  const length = nest.lengths[axis]!;
  const vectors = Math.floor(length / lanes);
  const width = widthOf(kernel.code.steps.length, vectors);

  return phase(module, name, nest.lengths[0]!, (fb, { begin, end, own }) => {
    const walkers = new Walkers(fb, nest.lengths, module.blocks(own));
    const around = { context: { ...module, lanes }, fb, walkers };
    const main = new Fragment(kernel.code, { ...around, ...nest, vectorAxis: axis });
    const copies = Array.from({ length: width }, (_, i) => (i === 0 ? main : main.copy(i)));
    const tail = length % lanes > 0 ? main.copy(0, length % lanes) : null;
    const after = new Fragment(
      kernel.epilogue,
      { ...around, strides: epilogue, vectorAxis: -1 },
      { vector: 0, active: 1 },
    );
    const fold = new Fold(fb, kernel.fold, dtype, lanes, { width });

    const take = (fragment: Fragment, index: number, active?: number): Expr[] => {
      const statements = [...fragment.at(axis), ...fragment.stores()];
      const value = fragment.value(kernel.folded);
      const term = dtype === "bool" ? narrowMask(value) : value.expr;
      return [...statements, fold.add(term, index, active)];
    };
    const wide = () => copies.flatMap((fragment, index) => take(fragment, index));
    const rest = () =>
      walkers.loop(
        axis,
        vectors % width,
        lanes,
        () => take(main, 0),
        () => (tail ? take(tail, 0, length % lanes) : []),
      );
    const row = (): Expr[] => {
      const rounds = Math.floor(vectors / width);
      const step = width * lanes;
      const block = (count: number, end: () => Expr[]): Expr[] => [
        ...fold.reset(),
        ...walkers.loop(axis, count, step, wide, end),
        ...fold.flush(),
      ];
      if (rounds <= termsPerPartial) return block(rounds, rest);
      return walkers.loop(
        axis,
        Math.floor(rounds / termsPerPartial),
        termsPerPartial * step,
        () => block(termsPerPartial, () => []),
        () => block(rounds % termsPerPartial, rest),
      );
    };
    const from = (level: number): Expr[] => {
      if (level === axis) return row();
      const body = () => [...main.at(level), ...from(level + 1)];
      return walkers.loop(level, nest.lengths[level]!, 1, body);
    };
    const count = fb.local("count", "i32");
    const result = (level: number): Expr[] => {
      if (level < kept) {
        const n = level === 0 ? count : nest.lengths[level]!;
        return walkers.loop(level, n, 1, () => [...main.at(level), ...result(level + 1)]);
      }
      const terms = [...fold.begin(), ...from(kept), ...fold.across()];
      after.give(0, fold.result);
      return [...terms, ...after.all(), ...after.stores()];
    };
    const statements = [...main.at(-1), ...result(0)];
    fb.push(set(count, op("i32.sub", end, begin)), ...walkers.start([[0, begin]]), ...statements);
  });
}
