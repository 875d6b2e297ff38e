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

const STRIDED = {
  from: "i32",
  to: "i32",
  n: "i32",
  m: "i32",
  fromN: "i32",
  fromM: "i32",
  toN: "i32",
  toM: "i32",
} as const;

/** Parameters: from, to, n, m, and the strides in bytes of from and to along n and m: to[i, j] = from[i, j]. */
export function copyStrided(m: ModuleBuilder, { dtype }: Arithmetic): FunctionRef {
  return m.shared(`copy.${dtype}`, { params: STRIDED }, (fb, p) => {
    const source = fb.local("source", "i32");
    const target = fb.local("target", "i32");
    const i = fb.local("i", "i32");
    const element = [
      store(`${dtype}.store`, target, load(`${dtype}.load`, source)),
      set(source, plus(source, p.fromM)),
      set(target, plus(target, p.toM)),
    ];
    const line = [
      set(source, plus(p.from, op("i32.mul", i, p.fromN))),
      set(target, plus(p.to, op("i32.mul", i, p.toN))),
      ...forRange(fb, { local: "j", to: p.m }, () => element),
    ];
    fb.push(...forRange(fb, { local: i, to: p.n }, () => line));
  });
}

const TILES = { from: "i32", stride: "i32", to: "i32", count: "i32", next: "i32" } as const;

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
  const size = v.lanes * v.bytes;
  const name = `tiles.${v.dtype}.${tiles}x${width}`;
  return m.shared(name, { params: TILES }, (fb, { from, stride, to, count, next }) => {
    const vector = fb.local("vector", "v128");
    const targets = [to];
    for (let t = 1; t < tiles; t++) {
      const target = fb.local(`to${t}`, "i32");
      fb.push(set(target, plus(targets[t - 1]!, next)));
      targets.push(target);
    }
    const row: Expr[] = [];
    for (let t = 0; t < tiles; t++)
      for (let at = 0; at < width; at += v.lanes) {
        const filled = Math.min(v.lanes, width - at);
        const offset = (at / v.lanes) * size;
        row.push(set(vector, loadPart(v, from, t * width * v.bytes + offset, filled)));
        row.push(...storePart(v, targets[t]!, vector, offset, filled));
      }
    row.push(set(from, plus(from, stride)));
    for (const target of targets) row.push(set(target, plus(target, width * v.bytes)));
    fb.push(...forRange(fb, { to: count }, () => row));
  });
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

const TRANSPOSED = { from: "i32", stride: "i32", to: "i32", count: "i32" } as const;

/**
 * Parameters: from, stride, to, count: to[k, i] = from[i, k] for i < rows, k < count. Element (i, k) lies at
 * `from + i·stride + k` elements; the rows of `to` have `rows` elements, a multiple of the lanes.
 */
export function copyTransposed(m: ModuleBuilder, v: Arithmetic, rows: number): FunctionRef {
  const size = v.lanes * v.bytes;
  const name = `transpose.${v.dtype}.${rows}`;
  return m.shared(name, { params: TRANSPOSED }, (fb, { from, stride, to, count }) => {
    const group = fb.local("group", "i32");
    const inputs: Local[] = [];
    const pairs: Local[] = [];
    for (let i = 0; i < v.lanes; i++) inputs.push(fb.local(`x${i}`, "v128"));
    for (let i = 0; i < v.lanes; i++) pairs.push(fb.local(`y${i}`, "v128"));
    const { before, columns } = transpose(v, inputs, pairs);
    const block: Expr[] = [set(group, from)];
    for (let first = 0; first < rows; first += v.lanes) {
      for (let i = 0; i < v.lanes; i++) {
        block.push(set(inputs[i]!, load("v128.load", group)));
        if (first + i + 1 < rows) block.push(set(group, plus(group, stride)));
      }
      block.push(...before);
      for (let k = 0; k < v.lanes; k++) {
        const offset = (k * rows + first) * v.bytes;
        block.push(store("v128.store", to, columns[k]!, { offset }));
      }
    }
    block.push(set(from, plus(from, size)), set(to, plus(to, v.lanes * rows * v.bytes)));
    const whole = op("i32.and", count, i32(-v.lanes));
    fb.push(
      ...forRange(fb, { to: whole, step: v.lanes }, () => block),
      call(
        copyStrided(m, v),
        ...[from, to, i32(rows), op("i32.and", count, i32(v.lanes - 1))],
        ...[stride, i32(v.bytes), i32(v.bytes), i32(rows * v.bytes)],
      ),
    );
  });
}
