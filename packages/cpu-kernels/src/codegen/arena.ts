// Where everything lies in the module's memory.
//
//   [ report | constants | inputs | outputs and temporaries | scratch of single kernels ]
import type { Buffer, Program } from "@cotangent/graph-passes";
import { product } from "./equations/scalar.ts";
import { bytesPer } from "./vectors.ts";

/** Vectors are 16 bytes and cache lines 64; buffers begin on a line of their own. */
const alignment = 64;
const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

export const byteLength = ({ dtype, shape }: Buffer): number => product(shape) * bytesPer(dtype);

export class Arena {
  /** Where kernels report a wrong index. */
  readonly report = 0;
  readonly #addresses = new Map<Buffer, number>();
  #size: number = alignment;

  constructor({ buffers }: Program) {
    for (const buffer of buffers) this.#addresses.set(buffer, this.scratch(byteLength(buffer)));
  }

  address(buffer: Buffer): number {
    return this.#addresses.get(buffer)!;
  }

  /** New bytes at the end. */
  scratch(bytes: number): number {
    const at = this.#size;
    this.#size += align(bytes);
    return at;
  }

  get size(): number {
    return this.#size;
  }
}
