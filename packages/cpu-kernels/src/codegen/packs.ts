// Packed right operands: products of one operand share its packed form, which is made once a call.
import type { MatmulKernel, Program } from "@cotangent/graph-passes";
import type { Matmul } from "../matmul/index.ts";
import type { ModuleContext } from "./context.ts";

type Packed = NonNullable<Matmul["packed"]>;

/** What is packed how; null when every batch member has a right operand of its own. */
function keyOf({ batch, depth, columns, right }: MatmulKernel, { key }: Packed): string | null {
  const { buffer, offset, strides } = right;
  if (batch.some((length, axis) => length > 1 && strides[axis] !== 0)) return null;
  return [key, buffer.id, offset, ...strides.slice(-2), depth, columns].join(" ");
}

export class Packs {
  /** Addresses of packed operands that several kernels read. */
  readonly #shared = new Map<string, number>();
  readonly #made = new Set<string>();

  /** Gives memory to the operands that more than one kernel reads. */
  constructor(
    { kernels }: Program,
    productOf: (kernel: MatmulKernel) => Matmul,
    allocate: (bytes: number) => number,
  ) {
    const seen = new Map<string, Packed>();
    for (const kernel of kernels) {
      if (kernel.kind !== "matmul" || (kernel.dtype !== "f32" && kernel.dtype !== "f64")) continue;
      const { packed } = productOf(kernel);
      const key = packed && keyOf(kernel, packed);
      if (!key) continue;
      if (seen.has(key) && !this.#shared.has(key)) this.#shared.set(key, allocate(packed.bytes));
      seen.set(key, packed);
    }
  }

  /** Where a kernel's packed operand lies, and whether it is the one to pack it; null when it is packed per member. */
  place(
    kernel: MatmulKernel,
    packed: Packed,
    context: ModuleContext,
  ): { address: number; isNew: boolean } | null {
    const key = keyOf(kernel, packed);
    if (key === null) return null;
    const address = this.#shared.get(key);
    if (address === undefined) return { address: context.scratch(packed.bytes), isNew: true };
    const isNew = !this.#made.has(key);
    this.#made.add(key);
    return { address, isNew };
  }
}
