// Copies that rearrange a matrix: element by element between any strides, and by blocks of vectors where rows are to be
// columns. Shared by all products of a module; sizes and strides are arguments.

import {
  call,
  type Expr,
  type FunctionRef,
  forRange,
  i32,
  type Local,
  load,
  type ModuleBuilder,
  op,
  set,
  shuffleLanes,
  store,
} from "../wasm/index.ts";
import { plus } from "./address.ts";
import { type Arithmetic, loadPart, storePart } from "./arithmetic.ts";

/** Parameters: from, to, n, m, and the strides in bytes of from and to along n and m: to[i, j] = from[i, j]. */
export function copyStrided(m: ModuleBuilder, { dtype }: Arithmetic): FunctionRef {
  const name = `copy.${dtype}`;
  const params = {
    from: "i32",
    to: "i32",
    n: "i32",
    m: "i32",
    fromN: "i32",
    fromM: "i32",
    toN: "i32",
    toM: "i32",
  } as const;
  return m.once(name, () =>
    m.function(name, { params }, (fb, p) => {
      const source = fb.local("source", "i32");
      const target = fb.local("target", "i32");
      const value = load(`${dtype}.load`, source);
      fb.push(
        ...forRange(fb, { local: "i", to: p.n }, (i) => [
          set(source, plus(p.from, op("i32.mul", i, p.fromN))),
          set(target, plus(p.to, op("i32.mul", i, p.toN))),
          ...forRange(fb, { local: "j", to: p.m }, () => [
            store(`${dtype}.store`, target, value),
            set(source, plus(source, p.fromM)),
            set(target, plus(target, p.toM)),
          ]),
        ]),
      );
    }),
  );
}

/**
 * Parameters: from, stride, to, count, next: the `count` rows of a matrix, `stride` bytes apart, cut into `tiles` of
 * `width` columns. Rows of a tile follow each other; a tile begins `next` bytes behind the one before it.
 * Several at once use the whole of each cache line while it is there.
 */
export function copyTiles(
  m: ModuleBuilder,
  v: Arithmetic,
  width: number,
  tiles: number,
): FunctionRef {
  const name = `tiles.${v.dtype}.${tiles}x${width}`;
  const params = { from: "i32", stride: "i32", to: "i32", count: "i32", next: "i32" } as const;
  const size = v.lanes * v.bytes;
  return m.once(name, () =>
    m.function(name, { params }, (fb, { from, stride, to, count, next }) => {
      const vector = fb.local("vector", "v128");
      const targets = [to];
      while (targets.length < tiles) {
        const target = fb.local(`to${targets.length}`, "i32");
        fb.push(set(target, plus(targets.at(-1)!, next)));
        targets.push(target);
      }
      const row = (t: number): Expr[] =>
        Array.from({ length: Math.ceil(width / v.lanes) }, (_, j) => {
          const filled = Math.min(v.lanes, width - j * v.lanes);
          return [
            set(vector, loadPart(v, from, t * width * v.bytes + j * size, filled)),
            ...storePart(v, targets[t]!, vector, j * size, filled),
          ];
        }).flat();
      fb.push(
        ...forRange(fb, { to: count }, () => [
          ...targets.flatMap((_, t) => row(t)),
          set(from, plus(from, stride)),
          ...targets.map((target) => set(target, plus(target, width * v.bytes))),
        ]),
      );
    }),
  );
}

/** Statements that leave pairs in `pairs`, then the vectors that hold lane by lane what `rows` held one by one. */
export function transpose(
  { shape }: Arithmetic,
  rows: readonly Local[],
  pairs: readonly Local[],
): { readonly before: Expr[]; readonly columns: Expr[] } {
  const take = (lanes: readonly number[], x: Local, y: Local): Expr =>
    shuffleLanes(shape, lanes, x, y);
  const [a, b, c, d] = rows as [Local, Local, Local, Local];
  if (rows.length === 2) return { before: [], columns: [take([0, 2], a, b), take([1, 3], a, b)] };
  const [p, q, r, s] = pairs as [Local, Local, Local, Local];
  const [low, high] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ] as const;
  const [first, last] = [
    [0, 1, 4, 5],
    [2, 3, 6, 7],
  ] as const;
  return {
    before: [
      set(p, take(low, a, b)),
      set(q, take(low, c, d)),
      set(r, take(high, a, b)),
      set(s, take(high, c, d)),
    ],
    columns: [take(first, p, q), take(last, p, q), take(first, r, s), take(last, r, s)],
  };
}

/**
 * Parameters: from, stride, to, count: to[k, i] = from[i, k] for i < rows, k < count. Element (i, k) lies at
 * `from + i·stride + k` elements; the rows of `to` have `rows` elements, a multiple of the lanes.
 */
export function copyTransposed(m: ModuleBuilder, v: Arithmetic, rows: number): FunctionRef {
  const name = `transpose.${v.dtype}.${rows}`;
  const params = { from: "i32", stride: "i32", to: "i32", count: "i32" } as const;
  const size = v.lanes * v.bytes;
  return m.once(name, () =>
    m.function(name, { params }, (fb, { from, stride, to, count }) => {
      const group = fb.local("group", "i32");
      const inputs = Array.from({ length: v.lanes }, (_, i) => fb.local(`x${i}`, "v128"));
      const pairs = Array.from({ length: v.lanes }, (_, i) => fb.local(`y${i}`, "v128"));
      const columns = transpose(v, inputs, pairs);
      const block = (g: number): Expr[] => [
        ...inputs.flatMap((x, i) => [
          set(x, load("v128.load", group)),
          ...(g * v.lanes + i + 1 < rows ? [set(group, plus(group, stride))] : []),
        ]),
        ...columns.before,
        ...columns.columns.map((x, k) =>
          store("v128.store", to, x, { offset: k * rows * v.bytes + g * size }),
        ),
      ];
      fb.push(
        ...forRange(fb, { to: op("i32.and", count, i32(-v.lanes)), step: v.lanes }, () => [
          set(group, from),
          ...Array.from({ length: rows / v.lanes }, (_, g) => block(g)).flat(),
          set(from, plus(from, size)),
          set(to, plus(to, v.lanes * rows * v.bytes)),
        ]),
        call(
          copyStrided(m, v),
          ...[from, to, i32(rows), op("i32.and", count, i32(v.lanes - 1))],
          ...[stride, i32(v.bytes), i32(v.bytes), i32(rows * v.bytes)],
        ),
      );
    }),
  );
}
