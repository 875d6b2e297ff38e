// The register tile of products whose vectors run along the depth.
//
//   C[i, j] = Σ over lanes l of (Σ over k ≡ l of A[i, k] · B[k, j])
//
// Each lane is a chain in the order of k, or one for each block of a great depth, the blocks added in order; the lanes
// are added as (0 + 2) + (1 + 3) for f32, 0 + 1 for f64, whatever the tile. Strides of the operands are arguments.

import {
  brIf,
  type Expr,
  type FunctionBuilder,
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

const DOT = { a: "i32", aStride: "i32", b: "i32", bStride: "i32", c: "i32", depth: "i32" } as const;
type Parameters = { readonly [K in keyof typeof DOT]: Local };

/** (a, aStride, b, bStride, c, depth in whole vectors' elements) */
export function dotTile(m: ModuleBuilder, v: Arithmetic, shape: DotShape): FunctionRef {
  const { count, few, tail, isDeep, many, line } = shape;
  const name = `dot.${v.name}.${count}x${few}.${tail}.${many}_${line}${isDeep ? ".deep" : ""}`;
  return m.shared(name, { params: DOT }, (fb, p) => writeTile(fb, p, v, shape));
}

/** Pointers and registers of a tile: `sums[r][j]` belongs to line r of the long operand and line j of the short one. */
interface Tile {
  readonly starts: readonly Local[];
  readonly lines: readonly Local[];
  readonly sums: readonly (readonly Local[])[];
  readonly x: Local;
  readonly ys: readonly Local[];
}

/** Pointers to `count` lines, `stride` bytes apart. */
function pointers(fb: FunctionBuilder, first: Local, stride: Local, count: number): Local[] {
  const all = [first];
  while (all.length < count) {
    const next = fb.local(`${first.name}${all.length}`, "i32");
    fb.push(set(next, plus(all.at(-1)!, stride)));
    all.push(next);
  }
  return all;
}

function writeTile(fb: FunctionBuilder, p: Parameters, v: Arithmetic, shape: DotShape): void {
  const { count, few, tail, isDeep, many, line } = shape;
  const starts = pointers(fb, p.a, p.aStride, count);
  const lines = pointers(fb, p.b, p.bStride, few);
  const sums: Local[][] = [];
  for (let r = 0; r < count; r++) {
    const row: Local[] = [];
    for (let j = 0; j < few; j++) row.push(fb.local(`c${r}${j}`, "v128"));
    sums.push(row);
  }
  const x = fb.local("x", "v128");
  const ys: Local[] = [];
  for (let j = 0; j < few; j++) ys.push(fb.local(`y${j}`, "v128"));
  const tile = { starts, lines, sums, x, ys };
  const all = isDeep ? blocks(fb, v, tile, p.depth) : walk(v, tile, p.depth);
  fb.push(ifThen(p.depth, all), ...(tail ? step(v, tile, tail) : []));
  const [a, b] = [fb.local("p", "v128"), fb.local("q", "v128")];
  for (let r = 0; r < count; r += v.lanes)
    for (let j = 0; j < few; j++) {
      const group: Expr[] = [];
      for (let l = 0; l < v.lanes; l++) group.push(sums[r + l]?.[j] ?? zeros(v));
      fb.push(...laneSums(v, group, [a, b]));
      for (let l = 0; l < v.lanes && r + l < count; l++)
        fb.push(storeLane(v, p.c, a, l, (r + l) * many + j * line));
    }
}

/** The next `elements` terms of every sum. */
function step(v: Arithmetic, { starts, lines, sums, x, ys }: Tile, elements: number): Expr[] {
  const body: Expr[] = [];
  for (let j = 0; j < ys.length; j++) body.push(set(ys[j]!, loadPart(v, lines[j]!, 0, elements)));
  for (let r = 0; r < starts.length; r++) {
    body.push(set(x, loadPart(v, starts[r]!, 0, elements)));
    const row = sums[r]!;
    for (let j = 0; j < row.length; j++) body.push(set(row[j]!, v.madd(x, ys[j]!, row[j]!)));
  }
  return body;
}

/** Whole vectors while elements are `left`. */
function walk(v: Arithmetic, tile: Tile, left: Local): Expr {
  const body = step(v, tile, v.lanes);
  for (const pointer of tile.starts) body.push(set(pointer, plus(pointer, v.lanes * v.bytes)));
  for (const pointer of tile.lines) body.push(set(pointer, plus(pointer, v.lanes * v.bytes)));
  return loop("depth", ...body, set(left, plus(left, -v.lanes)), brIf("depth", left));
}

/** The same in blocks, each summed by itself. */
function blocks(fb: FunctionBuilder, v: Arithmetic, tile: Tile, depth: Local): Expr {
  const left = fb.local("left", "i32");
  const block = i32(v.lanes * DEPTH_BLOCK);
  const sums = tile.sums.flat();
  const totals = sums.map(({ name }) => fb.local(`${name}_`, "v128"));
  return loop(
    "blocks",
    set(left, select(depth, block, op("i32.lt_u", depth, block))),
    set(depth, op("i32.sub", depth, left)),
    walk(v, tile, left),
    ...sums.flatMap((sum, i) => [set(totals[i]!, v.add(totals[i]!, sum)), set(sum, zeros(v))]),
    brIf("blocks", depth),
    ...sums.map((sum, i) => set(sum, totals[i]!)),
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
  const pairs: [number[], number[]] = [
    [0, 2],
    [1, 3],
  ];
  if (vectors.length === 2) return [set(p, folded(pairs, a, b))];
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
