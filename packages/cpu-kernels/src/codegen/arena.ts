// Where everything lies in the module's memory.
//
//   [ control | constants of functions | buffers, as planned | packed operands | scratch of one kernel | own of each thread ]
import { type Buffer, type Plan, type Program, plan } from "@cotangent/graph-passes";
import { constantBytes } from "../math/index.ts";
import { control, mostShared } from "./control.ts";
import { product } from "./equations/scalar.ts";
import { bytesPer } from "./vectors.ts";

/** Vectors are 16 bytes and cache lines 64; buffers begin on a line of their own. */
const alignment = 64;
const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
/** The control words, and two words for each phase that threads share. */
const controlBytes = align(control.bytes + 4 * mostShared);

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
  readonly constants: number = controlBytes;
  /** Where buffers begin. */
  readonly buffers: number = controlBytes + align(constantBytes);
  readonly #plan: Plan;
  #size: number;
  /** Bytes of scratch memory that the kernel under construction, and any kernel, wants. */
  #scratch = 0;
  #mostScratch = 0;
  /** Bytes that each thread wants for itself. */
  #own = 0;

  readonly #places: ReadonlyMap<Buffer, Buffer>;

  /** `places`: buffers that lie where another one does. */
  constructor(program: Program, places: ReadonlyMap<Buffer, Buffer>) {
    this.#places = places;
    const buffers = program.buffers.filter((buffer) => !places.has(buffer));
    this.#plan = plan({ ...program, buffers }, { align: alignment });
    this.#size = checkSize(this.buffers + align(this.#plan.size));
  }

  address(buffer: Buffer): number {
    return this.buffers + this.#plan.offsets.get(this.#places.get(buffer) ?? buffer)!;
  }

  /** Bytes that stay. All of them are asked for before the first kernel is generated. */
  allocate(bytes: number): number {
    const at = this.#size;
    this.#size += align(bytes);
    return at;
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

  /** Bytes that each thread has for itself while it runs a kernel. */
  reserve(bytes: number): void {
    this.#own = Math.max(this.#own, align(bytes));
  }

  /** Where the own memory of thread `thread` begins. */
  own(thread: number): number {
    return this.#size + this.#mostScratch + thread * this.#own;
  }

  /** Bytes in all, with `threads` threads. */
  size(threads = 1): number {
    return this.own(threads);
  }
}
