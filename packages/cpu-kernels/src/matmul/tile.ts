// The micro-kernel: a tile of the product that lives in registers while the depth is walked.
//
//   C[i, j] (+)= Σₖ A[i, k] · B[k, j],   i < rows, j < columns
//
// Each step loads ⌈columns / lanes⌉ vectors of B and, row by row, one element of A into all lanes. Strides are run-time
// arguments, so that all products of a module share the tiles, which the host then optimises early.
// An element is one chain of madd in the order of k, from zero: it does not depend on the tile that it is in.
// Source: Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication", section 4.

import {
  brIf,
  type Expr,
  type FunctionRef,
  i32,
  ifThen,
  loop,
  type ModuleBuilder,
  op,
  set,
} from "../wasm/index.ts";
import { plus } from "./address.ts";
import {
  type Arithmetic,
  loadLane,
  loadPart,
  loadSplat,
  storeLane,
  storePart,
} from "./arithmetic.ts";

export interface TileShape {
  readonly rows: number;
  readonly columns: number;
  /** Depth steps per turn of the loop. */
  readonly unroll: number;
  /** Which axis of A has its elements side by side; the stride argument is that of the other. `packed`: rows, without gaps. */
  readonly left: "depth" | "row" | "packed";
  /** `packed`: rows of B follow each other, padded to whole vectors. `strided`: they lie a stride apart, and nothing behind is read. */
  readonly right: "packed" | "strided";
  /** Whether C's columns are side by side, or its rows: the stride argument is that of the other. */
  readonly out: "row" | "column";
}

/** Parameters: a, aStride, b, bStride, c, cStride (bytes), depth, accumulate (whether C is added to). */
export function tile(m: ModuleBuilder, v: Arithmetic, shape: TileShape): FunctionRef {
  const { rows, columns, unroll, left, right, out } = shape;
  const form = `${left}.${right}${out === "row" ? "" : ".transposed"}.by${unroll}`;
  const name = `tile.${v.name}.${rows}x${columns}.${form}`;
  return m.once(name, () =>
    m.function(
      name,
      {
        params: {
          a: "i32",
          aStride: "i32",
          b: "i32",
          bStride: "i32",
          c: "i32",
          cStride: "i32",
          depth: "i32",
          accumulate: "i32",
        },
      },
      (fb, { a, aStride, b, bStride, c, cStride, depth, accumulate }) => {
        const vectors = Math.ceil(columns / v.lanes);
        const filled = (j: number): number => Math.min(v.lanes, columns - j * v.lanes);
        const sums = Array.from({ length: rows }, (_, r) =>
          Array.from({ length: vectors }, (_, j) => fb.local(`c${r}${j}`, "v128")),
        );
        const bs = Array.from({ length: vectors }, (_, j) => fb.local(`b${j}`, "v128"));
        const splat = fb.local("a_", "v128");
        const starts = [a];
        if (left === "depth")
          for (let r = 1; r < rows; r++) {
            const start = fb.local(`a${r}`, "i32");
            fb.push(set(start, plus(starts[r - 1]!, aStride)));
            starts.push(start);
          }
        /** Element of A in row r, k steps behind the pointers. */
        const element = (r: number, k: number): Expr => {
          if (left === "depth") return loadSplat(v, starts[r]!, k * v.bytes);
          return loadSplat(v, a, (left === "packed" ? k * rows + r : r) * v.bytes);
        };

        const width = vectors * v.lanes * v.bytes;
        /** Step k of a turn; the pointers stand at its first. */
        const step = (k: number): Expr[] => [
          ...bs.map((vector, j) => {
            const at = j * v.lanes * v.bytes;
            return set(
              vector,
              right === "packed"
                ? loadPart(v, b, k * width + at, v.lanes)
                : loadPart(v, b, at, filled(j)),
            );
          }),
          ...sums.flatMap((row, r) => [
            set(splat, element(r, k)),
            ...row.map((sum, j) => set(sum, v.madd(splat, bs[j]!, sum))),
          ]),
          ...(right === "strided" ? [set(b, plus(b, bStride))] : []),
          ...(left === "row" ? [set(a, plus(a, aStride))] : []),
        ];
        const turn = (steps: number): Expr[] => [
          ...Array.from({ length: steps }, (_, k) => step(k)).flat(),
          ...(right === "packed" ? [set(b, plus(b, steps * width))] : []),
          ...(left === "depth" ? starts.map((p) => set(p, plus(p, steps * v.bytes))) : []),
          ...(left === "packed" ? [set(a, plus(a, steps * rows * v.bytes))] : []),
          set(depth, plus(depth, -steps)),
        ];
        const many = (steps: number): Expr => {
          const more = op("i32.ge_s", depth, i32(steps));
          return ifThen(more, loop(`by${steps}`, ...turn(steps), brIf(`by${steps}`, more)));
        };
        if (unroll > 1) fb.push(many(unroll));
        fb.push(many(1));
        fb.push(...(out === "row" ? rowsOut() : columnsOut()));

        function rowsOut(): Expr[] {
          return sums.flatMap((row, r) => {
            const each = row.map((sum, j) => ({
              sum,
              at: j * v.lanes * v.bytes,
              count: filled(j),
            }));
            const before = each.map(({ sum, at, count }) =>
              set(sum, v.add(loadPart(v, c, at, count), sum)),
            );
            return [
              ...(r === 0 ? [] : [set(c, plus(c, cStride))]),
              ifThen(accumulate, ...before),
              ...each.flatMap(({ sum, at, count }) => storePart(v, c, sum, at, count)),
            ];
          });
        }
        function columnsOut(): Expr[] {
          return Array.from({ length: columns }, (_, n) => {
            const lane = n % v.lanes;
            const each = sums.map((row, r) => ({
              sum: row[Math.floor(n / v.lanes)]!,
              at: r * v.bytes,
            }));
            const before = each.map(({ sum, at }) =>
              set(sum, v.add(loadLane(v, c, lane, at), sum)),
            );
            return [
              ...(n === 0 ? [] : [set(c, plus(c, cStride))]),
              ifThen(accumulate, ...before),
              ...each.map(({ sum, at }) => storeLane(v, c, sum, lane, at)),
            ];
          }).flat();
        }
      },
    ),
  );
}
