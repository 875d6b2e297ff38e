// A matmul kernel: the right operand packed, then blocks of rows: product, and the epilogue while they are in cache.
//
//   for batches, for blocks of rows:  out[rows] = left[rows]·right;  epilogue over out[rows]
//
// Units of work are blocks of rows; or batch members, where each has a right operand of its own to pack.
// Integers take the definition: see product.ts.
import type { MatmulKernel, Shape, View } from "@cotangent/graph-passes";
import { type Matmul, matmul } from "../matmul/index.ts";
import {
  brIf,
  call,
  type Expr,
  forRange,
  i32,
  type Local,
  loop,
  op,
  select,
  set,
} from "../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "./context.ts";
import { product } from "./equations/scalar.ts";
import { epilogueCode } from "./matmul-epilogue.ts";
import { targetOf } from "./matmul-target.ts";
import { behindBlocks, byteStrides, coalesce, type Nest, viewsOf } from "./nest.ts";
import { ensurePacked, type Packs, packedAt } from "./packs.ts";
import { bytesPer } from "./vectors.ts";

/** The functions of a kernel's product. */
export function productOf(kernel: MatmulKernel, { module, relaxed }: ModuleContext): Matmul {
  const { dtype, rows, depth, columns, left, right } = kernel;
  const [leftRow, leftDepth] = left.strides.slice(-2) as [number, number];
  const [rightDepth, rightColumn] = right.strides.slice(-2) as [number, number];
  return matmul(module, {
    dtype: dtype as "f64" | "f32",
    rows,
    depth,
    columns,
    left: { row: leftRow, depth: leftDepth },
    right: { depth: rightDepth, column: rightColumn },
    relaxed,
  });
}

/**
 * Rows of a unit of work, and units of a block that stays in cache. A multiple of four rows, which is what the
 * epilogue asks of all blocks but the last.
 */
function unitOf(
  { rowBlock, rowTile, isStreamed }: Matmul,
  rows: number,
  threads: number,
): { readonly unitRows: number; readonly most: number } {
  const least = rowTile % 4 === 0 ? rowTile : (rowTile % 2 === 0 ? 2 : 4) * rowTile;
  const streamed = Math.min(rows / threads, rowBlock);
  const unitRows = isStreamed ? Math.ceil(streamed / least) * least : least;
  return { unitRows, most: Math.floor(rowBlock / unitRows) || 1 };
}

/** Sets `indices` to those of element `n` of a row-major array. */
function unravel(n: Expr, lengths: readonly number[], indices: readonly Local[]): Expr[] {
  return indices.map((index, axis) => {
    const behind = product(lengths.slice(axis + 1));
    const whole = behind === 1 ? n : op("i32.div_s", n, i32(behind));
    return set(index, axis === 0 ? whole : op("i32.rem_s", whole, i32(lengths[axis]!)));
  });
}

export function matmulCode(
  name: string,
  kernel: MatmulKernel,
  context: ModuleContext,
  packs: Packs,
  isInBand: boolean,
): Phase {
  const { batch, rows, left, right } = kernel;
  const functions = productOf(kernel, context);
  const { packed, multiply, scratchBytes } = functions;
  const { unitRows, most } = unitOf(functions, rows, context.threads);
  const target = targetOf(kernel, context);
  const addressOf = ({ buffer, offset }: View, own: Expr): Expr => {
    const at = i32(target.module.address(buffer) + offset * bytesPer(buffer.dtype));
    return buffer.role === "block" ? op("i32.add", context.blocks(own), at) : at;
  };

  const views = [...viewsOf(target.code), left, right];
  const steps = byteStrides(views, 0, batch.length);
  const merged = (lengths: Shape, strides: readonly number[][]): Nest =>
    coalesce(lengths, strides, strides[0]!);
  const batches = isInBand ? behindBlocks(batch, steps, merged) : merged(batch, steps);
  const [outSteps, leftSteps, rightSteps] = [0, -2, -1].map((i) => batches.strides.at(i)!);
  const batchCount = product(batches.lengths);
  const parts = Math.ceil(rows / unitRows);

  const place = packed && packs.place(kernel, packed);
  // A right operand per batch member is packed by whoever works on the member, into memory of their own.
  const packsInside = packed !== null && place === null;
  context.reserve(scratchBytes + (packsInside ? packed.bytes : 0));

  const units = packsInside ? batchCount : batchCount * parts;
  return phase(context, name, units, (fb, { begin, end, own }) => {
    const local = (n: string): Local => fb.local(n, "i32");
    const indices = batches.lengths.map((_, axis) => local(`batch${axis}`));
    const [unit, count, part] = [local("unit"), local("some"), local("part")];
    const [rowStart, rowEnd] = [local("rowStart"), local("rowEnd")];
    const [a, b, c] = [local("left"), local("right"), local("out")];
    const at = (view: View, strides: readonly number[] | undefined): Expr =>
      indices.reduce<Expr>(
        (sum, index, axis) => op("i32.add", sum, op("i32.mul", index, i32(strides![axis]!))),
        addressOf(view, own),
      );
    const operands = (): Expr[] => [
      set(a, at(left, leftSteps)),
      set(c, at(target.view, outSteps)),
      ...(packsInside
        ? [
            set(b, op("i32.add", own, i32(scratchBytes))),
            call(packed.pack, at(right, rightSteps), b),
          ]
        : [set(b, place ? packedAt(place, own) : at(right, rightSteps))]),
    ];
    const least = (x: Expr, y: Expr): Expr => select(x, y, op("i32.lt_s", x, y));
    const block = (size: Expr): Expr[] => [
      set(rowEnd, least(op("i32.add", rowStart, size), i32(rows))),
      call(multiply, a, b, c, rowStart, rowEnd, own),
      ...epilogueCode(fb, kernel, target, batches, { indices, own, rowStart, rowEnd }),
    ];
    const rowBlock = most * unitRows;
    if (packsInside)
      fb.push(
        ...forRange(fb, { local: unit, from: begin, to: end }, () => [
          ...unravel(unit, batches.lengths, indices),
          ...operands(),
          ...forRange(fb, { local: rowStart, to: rows, step: rowBlock }, () =>
            block(i32(rowBlock)),
          ),
        ]),
      );
    else
      fb.push(
        ...(place ? [ensurePacked(place, packed, addressOf(right, own), own)] : []),
        set(unit, begin),
        loop(
          "units",
          // Some units at once: up to a block, of one batch member.
          set(part, op("i32.rem_s", unit, i32(parts))),
          set(count, op("i32.sub", i32(parts), part)),
          set(count, least(count, op("i32.sub", end, unit))),
          set(count, least(count, i32(most))),
          set(rowStart, op("i32.mul", part, i32(unitRows))),
          ...unravel(op("i32.div_s", unit, i32(parts)), batches.lengths, indices),
          ...operands(),
          ...block(op("i32.mul", count, i32(unitRows))),
          set(unit, op("i32.add", unit, count)),
          brIf("units", op("i32.lt_s", unit, end)),
        ),
      );
  });
}
