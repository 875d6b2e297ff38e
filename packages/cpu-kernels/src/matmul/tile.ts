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
  type FunctionBuilder,
  type FunctionRef,
  i32,
  ifThen,
  type Local,
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

const TILE = {
  a: "i32",
  aStride: "i32",
  b: "i32",
  bStride: "i32",
  c: "i32",
  cStride: "i32",
  depth: "i32",
  accumulate: "i32",
} as const;
type Parameters = { readonly [K in keyof typeof TILE]: Local };

/** Parameters: a, aStride, b, bStride, c, cStride (bytes), depth, accumulate (whether C is added to). */
export function tile(m: ModuleBuilder, v: Arithmetic, shape: TileShape): FunctionRef {
  const { rows, columns, unroll, left, right, out } = shape;
  const form = `${left}.${right}${out === "row" ? "" : ".transposed"}.by${unroll}`;
  const name = `tile.${v.name}.${rows}x${columns}.${form}`;
  return m.shared(name, { params: TILE }, (fb, p) => writeTile(fb, p, v, shape));
}

/** `count` locals, numbered behind `name`. */
function locals(fb: FunctionBuilder, name: string, count: number): Local[] {
  const list: Local[] = [];
  for (let i = 0; i < count; i++) list.push(fb.local(`${name}${i}`, "v128"));
  return list;
}

function writeTile(fb: FunctionBuilder, p: Parameters, v: Arithmetic, shape: TileShape): void {
  const { rows, columns, unroll, left, out } = shape;
  const vectors = Math.ceil(columns / v.lanes);
  const sums: Local[][] = [];
  for (let r = 0; r < rows; r++) sums.push(locals(fb, `c${r}`, vectors));
  const registers = { sums, bs: locals(fb, "b", vectors), splat: fb.local("a_", "v128") };
  const starts = [p.a];
  if (left === "depth")
    for (let r = 1; r < rows; r++) {
      const start = fb.local(`a${r}`, "i32");
      fb.push(set(start, plus(starts[r - 1]!, p.aStride)));
      starts.push(start);
    }
  const walk = { ...registers, ...p, starts };
  if (unroll > 1) fb.push(turns(v, shape, walk, unroll));
  fb.push(turns(v, shape, walk, 1));
  if (out === "row") rowsOut(fb, p, v, shape, sums);
  else columnsOut(fb, p, v, shape, sums);
}

/** Registers and pointers of a walk along the depth. */
interface Walk extends Parameters {
  readonly sums: readonly (readonly Local[])[];
  readonly bs: readonly Local[];
  readonly splat: Local;
  /** Where each row of A begins; one pointer for all where they lie side by side. */
  readonly starts: readonly Local[];
}

/** Turns of `steps` steps each, as many as there are. */
function turns(v: Arithmetic, shape: TileShape, walk: Walk, steps: number): Expr {
  const { rows, left, right } = shape;
  const { a, b, depth, starts, bs } = walk;
  const body: Expr[] = [];
  for (let k = 0; k < steps; k++) step(body, v, shape, walk, k);
  if (right === "packed") body.push(set(b, plus(b, steps * bs.length * v.lanes * v.bytes)));
  if (left === "depth") for (const p of starts) body.push(set(p, plus(p, steps * v.bytes)));
  if (left === "packed") body.push(set(a, plus(a, steps * rows * v.bytes)));
  const more = op("i32.ge_s", depth, i32(steps));
  body.push(set(depth, plus(depth, -steps)), brIf(`by${steps}`, more));
  return ifThen(more, loop(`by${steps}`, ...body));
}

/** Step k of a turn; the pointers stand at its first. */
function step(
  body: Expr[],
  v: Arithmetic,
  { rows, columns, left, right }: TileShape,
  { a, aStride, b, bStride, sums, bs, splat, starts }: Walk,
  k: number,
): void {
  const size = v.lanes * v.bytes;
  for (let j = 0; j < bs.length; j++) {
    const value =
      right === "packed"
        ? loadPart(v, b, (k * bs.length + j) * size, v.lanes)
        : loadPart(v, b, j * size, Math.min(v.lanes, columns - j * v.lanes));
    body.push(set(bs[j]!, value));
  }
  for (let r = 0; r < rows; r++) {
    // Element of A in row r, k steps behind the pointers.
    const element =
      left === "depth"
        ? loadSplat(v, starts[r]!, k * v.bytes)
        : loadSplat(v, a, (left === "packed" ? k * rows + r : r) * v.bytes);
    body.push(set(splat, element));
    const row = sums[r]!;
    for (let j = 0; j < row.length; j++) body.push(set(row[j]!, v.madd(splat, bs[j]!, row[j]!)));
  }
  if (right === "strided") body.push(set(b, plus(b, bStride)));
  if (left === "row") body.push(set(a, plus(a, aStride)));
}

type Sums = Walk["sums"];

function rowsOut(
  fb: FunctionBuilder,
  { c, cStride, accumulate }: Parameters,
  v: Arithmetic,
  { rows, columns }: TileShape,
  sums: Sums,
): void {
  for (let r = 0; r < rows; r++) {
    const before: Expr[] = [];
    const after: Expr[] = [];
    const row = sums[r]!;
    for (let j = 0; j < row.length; j++) {
      const at = j * v.lanes * v.bytes;
      const count = Math.min(v.lanes, columns - j * v.lanes);
      before.push(set(row[j]!, v.add(loadPart(v, c, at, count), row[j]!)));
      after.push(...storePart(v, c, row[j]!, at, count));
    }
    if (r > 0) fb.push(set(c, plus(c, cStride)));
    fb.push(ifThen(accumulate, ...before), ...after);
  }
}

function columnsOut(
  fb: FunctionBuilder,
  { c, cStride, accumulate }: Parameters,
  v: Arithmetic,
  { rows, columns }: TileShape,
  sums: Sums,
): void {
  for (let n = 0; n < columns; n++) {
    const lane = n % v.lanes;
    const before: Expr[] = [];
    const after: Expr[] = [];
    for (let r = 0; r < rows; r++) {
      const sum = sums[r]![Math.floor(n / v.lanes)]!;
      before.push(set(sum, v.add(loadLane(v, c, lane, r * v.bytes), sum)));
      after.push(storeLane(v, c, sum, lane, r * v.bytes));
    }
    if (n > 0) fb.push(set(c, plus(c, cStride)));
    fb.push(ifThen(accumulate, ...before), ...after);
  }
}
