// Packed right operands: where each thread has its own, and when it makes them.
//
//   before a thread multiplies:  stamp ≠ run · 2³² + number of the operand?  pack, set the stamp
//
// Threads that shared what one of them packed would fetch it from that one's cache, which takes as long as packing.
// Products of one operand share its packed form.
import type { MatmulKernel, Program } from "@cotangent/graph-passes";
import type { Matmul } from "../matmul/index.ts";
import { call, type Expr, i32, i64, ifThen, load, op, store } from "../wasm/index.ts";
import { control } from "./control.ts";

type Packed = NonNullable<Matmul["packed"]>;

/** What is packed how; null when every batch member, or every block of a band, has a right operand of its own. */
function keyOf({ batch, depth, columns, right }: MatmulKernel, { key }: Packed): string | null {
  const { buffer, offset, strides } = right;
  if (buffer.role === "block") return null;
  if (batch.some((length, axis) => length > 1 && strides[axis] !== 0)) return null;
  return [key, buffer.id, offset, ...strides.slice(-2), depth, columns].join(" ");
}

/** Bytes of a stamp, which lies before the operand: a cache line. */
const stampBytes = 64;

/** A packed operand. */
export interface Place {
  /** The address of its stamp, from the own memory of a thread. */
  readonly offset: number;
  /** Its number, from 1 on. */
  readonly id: number;
}

export class Packs {
  readonly #places = new Map<string, Place>();

  /** Gives memory of each thread to all packed operands; those that one kernel reads, once, lie in the same. */
  constructor(
    { kernels }: Program,
    productOf: (kernel: MatmulKernel) => Matmul,
    isInBand: (kernel: number) => boolean,
    keep: (bytes: number) => number,
  ) {
    const uses = new Map<string, { count: number; bytes: number }>();
    for (const [number, kernel] of kernels.entries()) {
      if (kernel.kind !== "matmul" || (kernel.dtype !== "f32" && kernel.dtype !== "f64")) continue;
      const { packed } = productOf(kernel);
      const key = packed && keyOf(kernel, packed);
      if (!key) continue;
      const { count = 0 } = uses.get(key) ?? {};
      uses.set(key, { count: count + (isInBand(number) ? 2 : 1), bytes: packed.bytes });
    }
    const single = [...uses.values()].filter(({ count }) => count === 1);
    const most = Math.max(0, ...single.map(({ bytes }) => bytes));
    const common = single.length > 0 ? keep(stampBytes + most) : 0;
    for (const [key, { count, bytes }] of uses) {
      const offset = count === 1 ? common : keep(stampBytes + bytes);
      this.#places.set(key, { offset, id: this.#places.size + 1 });
    }
  }

  /** Where a kernel's packed operand lies; null when it is packed per member. */
  place(kernel: MatmulKernel, packed: Packed): Place | null {
    const key = keyOf(kernel, packed);
    return key === null ? null : this.#places.get(key)!;
  }
}

/** The address of a packed operand, for the thread whose memory is `own`. */
export const packedAt = ({ offset }: Place, own: Expr): Expr =>
  op("i32.add", own, i32(offset + stampBytes));

/** Packs the operand at `right`, unless this thread has done so in this run. */
export function ensurePacked(place: Place, { pack }: Packed, right: Expr, own: Expr): Expr {
  const at = op("i32.add", own, i32(place.offset));
  const run = op("i64.extend_i32_u", load("i32.load", i32(0), { offset: control.run }));
  const stamp = op("i64.or", op("i64.shl", run, i64(32)), i64(place.id));
  return ifThen(
    op("i64.ne", load("i64.load", at), stamp),
    call(pack, right, packedAt(place, own)),
    store("i64.store", at, stamp),
  );
}
