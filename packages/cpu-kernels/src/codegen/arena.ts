// Where everything lies in the module's memory.
//
//   [ control | constants of functions | buffers, as planned | scratch of one kernel | own of each thread ]
import { type Buffer, type Plan, type Program, plan, planBlocks } from "@cotangent/graph-passes";
import { constantBytes } from "../math/index.ts";
import { control, controlBytes } from "./control.ts";
import { product } from "./equations/scalar.ts";
import { bytesPer } from "./vectors.ts";

/** Vectors are 16 bytes and cache lines 64; buffers begin on a line of their own. */
const alignment = 64;
const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

export const byteLength = ({ dtype, shape }: Buffer): number => product(shape) * bytesPer(dtype);

/** Throws where a program needs more memory than WebAssembly has. */
export function checkSize(bytes: number): number {
  if (bytes <= 2 ** 32) return bytes;
  throw new RangeError(
    `compile: the function needs ${(bytes / 2 ** 30).toFixed(1)} GiB for its values, WebAssembly has 4; expected smaller batches, or checkpoint() around its parts`,
  );
}

export class Arena {
  /** Where kernels report a wrong index. */
  readonly report: number = control.report;
  /** Where the functions of `math` have their constants. */
  readonly constants: number;
  /** Where buffers begin. */
  readonly buffers: number;
  readonly #plan: Plan;
  readonly #blocks: Plan;
  /** Where a thread has the blocks, from its own memory. */
  readonly #blocksAt: number;
  readonly #size: number;
  /** Bytes of scratch memory that the kernel under construction, and any kernel, wants. */
  #scratch = 0;
  #mostScratch = 0;
  /** Bytes that each thread wants for itself while it runs a kernel, and for good. */
  #own = 0;
  #kept = 0;

  readonly #places: ReadonlyMap<Buffer, Buffer>;

  /** `places`: buffers that lie where another one does; `times`: which kernels may run at once. */
  constructor(
    program: Program,
    places: ReadonlyMap<Buffer, Buffer>,
    { threads, times }: { readonly threads: number; readonly times: readonly number[] },
  ) {
    this.#places = places;
    this.constants = controlBytes(threads);
    this.buffers = this.constants + align(constantBytes);
    const buffers = program.buffers.filter((buffer) => !places.has(buffer));
    this.#plan = plan({ ...program, buffers }, { align: alignment, times });
    this.#blocks = planBlocks(program, { align: alignment });
    this.#blocksAt = this.keep(this.#blocks.size);
    this.#size = checkSize(this.buffers + align(this.#plan.size));
  }

  /** Where a buffer begins; a block, from where a thread's own memory begins. */
  address(buffer: Buffer): number {
    if (buffer.role === "block")
      return this.#kept + this.#blocksAt + this.#blocks.offsets.get(buffer)!;
    return this.buffers + this.#plan.offsets.get(this.#places.get(buffer) ?? buffer)!;
  }

  /** Where the scratch memory of kernels begins. */
  get scratchStart(): number {
    return this.#size;
  }

  /** Another kernel is generated now: it may have the scratch memory of those before. */
  beginKernel(): void {
    this.#scratch = 0;
  }

  /** Bytes that the kernel under construction has while it runs. */
  scratch(bytes: number): number {
    const at = this.scratchStart + this.#scratch;
    this.#scratch += align(bytes);
    this.#mostScratch = Math.max(this.#mostScratch, this.#scratch);
    return at;
  }

  /** Whether the kernel under construction has asked for scratch memory. */
  get hasScratch(): boolean {
    return this.#scratch > 0;
  }

  /** Bytes that each thread has for itself while it runs a kernel. */
  reserve(bytes: number): void {
    this.#own = Math.max(this.#own, align(bytes));
  }

  /**
   * Bytes that each thread has for itself from kernel to kernel: where they begin, from the end of all of them. They are
   * asked for before the first kernel is generated.
   */
  keep(bytes: number): number {
    this.#kept += align(bytes);
    return -this.#kept;
  }

  /** Bytes that each thread keeps. */
  get kept(): number {
    return this.#kept;
  }

  /** The own memory of a thread: what it keeps ends there, what it has for one kernel begins there. */
  own(thread: number): number {
    return this.size(thread) + this.#kept;
  }

  /** Bytes in all, with `threads` threads. */
  size(threads: number): number {
    return this.#size + this.#mostScratch + threads * (this.#kept + this.#own);
  }
}
