// Which slot holds each buffer of a program, at the point that planning has reached.
//
// A kernel of gpu.js fills a whole array, and none may read the array that it fills: every launch that stores
// into a buffer makes a new slot, which from then on is the buffer's.
import type { Buffer, View } from "@cotangent/graph-passes";
import { compileError } from "./compile-error.ts";
import { KernelWriter } from "./kernel-writer.ts";
import type { Plan } from "./plan.ts";
import type { Operand, Slot } from "./slot.ts";

export class Memory {
  readonly #plan: Plan;
  readonly #slots = new Map<Buffer, Slot>();
  /** Set to zero, but nowhere yet. */
  readonly #zero = new Set<Buffer>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  set(buffer: Buffer, slot: Slot): void {
    this.#zero.delete(buffer);
    this.#slots.set(buffer, slot);
  }

  zero(buffer: Buffer): void {
    this.#slots.delete(buffer);
    this.#zero.add(buffer);
  }

  /** What the buffer holds before it is stored to; null where that is zero, or nothing yet. */
  before(buffer: Buffer): Slot | null {
    return this.#slots.get(buffer) ?? null;
  }

  /** The array that holds a buffer. */
  read(buffer: Buffer): Slot {
    const known = this.#slots.get(buffer);
    if (known) return known;
    const slot = this.#fill(buffer);
    this.set(buffer, slot);
    return slot;
  }

  /** A view of a buffer as an operand. */
  operand = ({ buffer, offset, strides }: View): Operand => ({
    slot: this.read(buffer),
    offset,
    strides,
  });

  #fill(buffer: Buffer): Slot {
    const { shape, data } = buffer;
    if (data) return this.#plan.constant(data, shape);
    if (!this.#zero.has(buffer))
      throw compileError(`buffer ${buffer.id} is read before it is filled`);
    const writer = new KernelWriter();
    writer.line("return 0.0;");
    return this.#plan.launch(writer.finish("zero", this.#plan.slot(shape)));
  }
}
