// A compiled program in memory: an instance of its module, and windows into its arena.
//
//   write arguments → run → read results
//
// Memory has its full size from the start, so that the windows stay valid.
import type { DType, TypedArray } from "@cotangent/autodiff";
import type { Buffer, Program } from "@cotangent/graph-passes";
import { byteLength, checkSize } from "../codegen/arena.ts";
import { control, outcome } from "../codegen/control.ts";
import { indexErrorOf } from "../codegen/equations/index.ts";
import { type Generated, pageBytes } from "../codegen/generate.ts";
import { lengthOf } from "../codegen/parallel.ts";
import { bytesPer } from "../codegen/vectors.ts";
import { arrays } from "./leaf.ts";
import { defaultPatience, Team } from "./team.ts";

/** A typed array over memory. */
export const windowOf = (
  memory: ArrayBufferLike,
  dtype: DType,
  at: number,
  bytes: number,
): TypedArray => new arrays[dtype](memory as ArrayBuffer, at, bytes / bytesPer(dtype));

type Meanwhile = (section: number) => void;
const nothing: Meanwhile = () => {};

type Phase = (begin: number, end: number, own: number) => void;

export class Executable {
  readonly program: Program;
  readonly generated: Generated;
  readonly moduleBytes: number;
  readonly arenaBytes: number;
  readonly #memory: WebAssembly.Memory;
  readonly #words: Int32Array;
  readonly #run: (patience: number) => number;
  readonly #patience: number;
  readonly #team: Team | null;
  #meanwhile: Meanwhile = nothing;
  /** The functions of the kernels. */
  readonly #phases: readonly Phase[];

  constructor(
    program: Program,
    generated: Generated,
    threads = 1,
    patience: number = defaultPatience,
  ) {
    const bytes = generated.module.toBytes();
    this.arenaBytes = checkSize(generated.arena.size(threads));
    const pages = Math.ceil(this.arenaBytes / pageBytes);
    this.program = program;
    this.generated = generated;
    this.moduleBytes = bytes.length;
    this.#memory = new WebAssembly.Memory({
      initial: pages,
      maximum: pages,
      shared: threads > 1,
    });
    this.#words = new Int32Array(this.#memory.buffer);
    const module = new WebAssembly.Module(bytes);
    const imports = {
      arena: {
        memory: this.#memory,
        now: () => performance.now(),
        meanwhile: (section: number) => this.#meanwhile(section),
      },
    };
    const { exports } = new WebAssembly.Instance(module, imports);
    this.#run = exports.run as (patience: number) => number;
    this.#patience = patience;
    this.#phases = generated.kernels.map(({ name }) => exports[name] as Phase);
    for (const buffer of program.buffers)
      if (buffer.role === "constant") this.window(buffer).set(buffer.data!);
    const { arena, sections } = generated;
    const own = (thread: number): number => arena.own(thread);
    const lengths = sections
      .filter(({ shared }) => shared !== null)
      .map(({ phases }) => lengthOf(phases, threads));
    this.#team =
      lengths.length > 0 ? new Team({ module, memory: this.#memory, threads, own }, lengths) : null;
  }

  /** The elements of a buffer, in place. */
  window(buffer: Buffer): TypedArray {
    const at = this.generated.arena.address(buffer);
    return windowOf(this.#memory.buffer, buffer.dtype, at, byteLength(buffer));
  }

  /** All of memory. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  /** How many threads take part at the moment. */
  get threads(): number {
    return this.#team?.size ?? 1;
  }

  #beginRun(): void {
    this.#words[control.run / 4]!++;
  }

  /**
   * Runs all kernels; while others compute a section, `meanwhile` is called with its number, and must not throw. Throws the
   * interpreter's error for an index outside of its axis, and when a thread fails.
   */
  run(meanwhile: Meanwhile = nothing): void {
    this.#meanwhile = meanwhile;
    this.#beginRun();
    this.#team?.begin();
    const status = this.#run(this.#patience);
    if (status === outcome.done) return;
    if (status === outcome.wrongIndex) this.#throwReport();
    this.#team?.check(status);
  }

  /** Milliseconds of each kernel when all are run in order once, those of a band block by block. */
  time(): number[] {
    this.#beginRun();
    const own = this.generated.arena.own(0);
    const { kernels } = this.generated;
    const times = kernels.map(() => 0);
    /** Runs one of so many parts of a kernel. */
    const run = (at: number, part: number, parts: number): void => {
      const start = performance.now();
      const { units } = kernels[at]!.phase;
      this.#phases[at]!((part * units) / parts, ((part + 1) * units) / parts, own);
      times[at]! += performance.now() - start;
    };
    for (let at = 0; at < kernels.length; ) {
      const { band } = kernels[at]!;
      const count = band?.kernels ?? 1;
      const blocks = band?.blocks ?? 1;
      for (let block = 0; block < blocks; block++)
        for (let k = 0; k < count; k++) run(at + k, block, blocks);
      at += count;
    }
    return times;
  }

  #throwReport(): never {
    const [number, index, element] = new Int32Array(
      this.#memory.buffer,
      this.generated.arena.report,
      3,
    ) as unknown as [number, number, number];
    const kernel = this.program.kernels[number - 1]!;
    if (kernel.kind !== "equation") throw new Error("run: a report from no kernel");
    const { name, length, isUnsigned } = indexErrorOf(kernel);
    throw new TypeError(
      `${name}: index ${isUnsigned ? index >>> 0 : index} (element ${element}) is outside an axis of length ${length}; expected 0 to ${length - 1}`,
    );
  }
}
