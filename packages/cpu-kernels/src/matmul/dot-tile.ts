// The register tile of products whose vectors run along the depth.
//
//   C[i, j] = Σ over lanes l of (Σ over k ≡ l of A[i, k] · B[k, j])
//
// Each lane is a chain in the order of k, or one for each block of a great depth, the blocks added in order; the lanes
// are added as (0 + 2) + (1 + 3) for f32, 0 + 1 for f64, whatever the tile. Strides of the operands are arguments.

import {
  brIf,
  type Expr,
  type FunctionRef,
  i32,
  ifThen,
  type Local,
  loop,
  type ModuleBuilder,
  op,
  select,
  set,
  shuffleLanes,
} from "../wasm/index.ts";
import { plus } from "./address.ts";
import { type Arithmetic, loadPart, storeLane, zeros } from "./arithmetic.ts";

export interface DotShape {
  /** Lines of the long operand. */
  readonly count: number;
  /** Lines of the short operand. */
  readonly few: number;
  /** Elements of the depth beyond whole vectors. */
  readonly tail: number;
  /** Whether the depth is summed in blocks. */
  readonly isDeep: boolean;
  /** Bytes in C from one line of the long operand to the next. */
  readonly many: number;
  /** Bytes in C from one line of the short operand to the next. */
  readonly line: number;
}

/** Terms of a lane that are summed in one chain: its rounding error grows with its length. */
export const DEPTH_BLOCK = 512;

/** (a, aStride, b, bStride, c, depth in whole vectors' elements) */
export function dotTile(m: ModuleBuilder, v: Arithmetic, shape: DotShape): FunctionRef {
  const { count, few, tail, isDeep, many, line } = shape;
  const name = `dot.${v.name}.${count}x${few}.${tail}.${many}_${line}${isDeep ? ".deep" : ""}`;
  const params = {
    a: "i32",
    aStride: "i32",
    b: "i32",
    bStride: "i32",
    c: "i32",
    depth: "i32",
  } as const;
  return m.once(name, () =>
    m.function(name, { params }, (fb, { a, aStride, b, bStride, c, depth }) => {
      const pointers = (first: Local, stride: Local, length: number): Local[] => {
        const all = [first];
        while (all.length < length) {
          const next = fb.local(`${first.name}${all.length}`, "i32");
          fb.push(set(next, plus(all.at(-1)!, stride)));
          all.push(next);
        }
        return all;
      };
      const starts = pointers(a, aStride, count);
      const lines = pointers(b, bStride, few);
      const sums = starts.map((_, r) => lines.map((_, j) => fb.local(`c${r}${j}`, "v128")));
      const x = fb.local("x", "v128");
      const ys = lines.map((_, j) => fb.local(`y${j}`, "v128"));
      const step = (elements: number): Expr[] => [
        ...ys.map((y, j) => set(y, loadPart(v, lines[j]!, 0, elements))),
        ...sums.flatMap((row, r) => [
          set(x, loadPart(v, starts[r]!, 0, elements)),
          ...row.map((sum, j) => set(sum, v.madd(x, ys[j]!, sum))),
        ]),
      ];
      const size = v.lanes * v.bytes;
      const walk = (left: Local): Expr =>
        loop(
          "depth",
          ...step(v.lanes),
          ...[...starts, ...lines].map((pointer) => set(pointer, plus(pointer, size))),
          set(left, plus(left, -v.lanes)),
          brIf("depth", left),
        );
      const blocks = (): Expr => {
        const left = fb.local("left", "i32");
        const block = i32(v.lanes * DEPTH_BLOCK);
        const totals = sums.map((row) => row.map(({ name }) => fb.local(`${name}_`, "v128")));
        const each = (f: (sum: Local, total: Local) => Expr[]): Expr[] =>
          sums.flatMap((row, r) => row.flatMap((sum, j) => f(sum, totals[r]![j]!)));
        return loop(
          "blocks",
          set(left, select(depth, block, op("i32.lt_u", depth, block))),
          set(depth, op("i32.sub", depth, left)),
          walk(left),
          ...each((sum, total) => [set(total, v.add(total, sum)), set(sum, zeros(v))]),
          brIf("blocks", depth),
          ...each((sum, total) => [set(sum, total)]),
        );
      };
      fb.push(ifThen(depth, isDeep ? blocks() : walk(depth)), ...(tail ? step(tail) : []));
      const [p, q] = [fb.local("p", "v128"), fb.local("q", "v128")];
      for (let r = 0; r < count; r += v.lanes)
        for (let j = 0; j < few; j++) {
          const group = Array.from({ length: v.lanes }, (_, l) => sums[r + l]?.[j] ?? zeros(v));
          fb.push(...laneSums(v, group, [p, q]));
          for (let l = 0; l < v.lanes && r + l < count; l++)
            fb.push(storeLane(v, c, p, l, (r + l) * many + j * line));
        }
    }),
  );
}

/** Statements that leave in lane i of p the sum of the lanes of vector i. */
function laneSums(
  v: Arithmetic,
  vectors: readonly Expr[],
  [p, q]: readonly [Local, Local],
): Expr[] {
  const { shape } = v;
  const folded = (lanes: [number[], number[]], a: Expr, b: Expr): Expr =>
    v.add(shuffleLanes(shape, lanes[0], a, b), shuffleLanes(shape, lanes[1], a, b));
  const [a, b, c, d] = vectors as [Expr, Expr, Expr, Expr];
  const halves: [number[], number[]] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ];
  if (vectors.length === 2)
    return [
      set(
        p,
        folded(
          [
            [0, 2],
            [1, 3],
          ],
          a,
          b,
        ),
      ),
    ];
  const quarters: [number[], number[]] = [
    [0, 1, 4, 5],
    [2, 3, 6, 7],
  ];
  return [
    set(p, folded(halves, a, b)),
    set(q, folded(halves, c, d)),
    set(p, folded(quarters, p, q)),
  ];
}
