// A program together with the threads that help to run it.
//
//   open the tickets → tell the workers → run → the program closes the tickets
//
// A worker that fails is an error of the call that meets it, and ends the pool; later calls compute alone.
import { control, idle, outcome, ticketBytes } from "../codegen/control.ts";
import { compileError } from "./errors.ts";
import { type Pool, poolOf, requireThreads, type SharedProgram } from "./pool.ts";

/** Programs that nobody calls any more are forgotten by the workers too. */
const forgotten = new FinalizationRegistry<{ pool: Pool; id: number }>(({ pool, id }) => {
  if (pool.failure === null) pool.forget(id);
});
let ids = 0;

/** Whether this thread may sleep; a browser's main thread may not. */
function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** How long a call waits, in milliseconds, while other threads finish nothing. */
export const defaultPatience = 30_000;

export class Team {
  readonly #id: number = ++ids;
  readonly #threads: number;
  readonly #words: Int32Array;
  #pool: Pool | null;

  constructor(program: Omit<SharedProgram, "id">, lengths: readonly number[]) {
    requireThreads();
    this.#threads = program.threads;
    this.#words = new Int32Array(program.memory.buffer);
    this.#words[control.mayBlock / 4] = Number(mayBlock());
    this.#setTickets(0, idle);
    lengths.forEach((length, i) => {
      this.#words[control.lengths / 4 + i] = length;
    });
    this.#pool = poolOf(program.threads - 1);
    this.#pool.load({ ...program, id: this.#id });
    forgotten.register(this, { pool: this.#pool, id: this.#id });
  }

  /** How many threads take part, the caller's included; less than asked for until all have started. */
  get size(): number {
    return this.#pool ? 1 + Atomics.load(this.#words, control.ready / 4) : 1;
  }

  /** Before a run: lets the workers in. Throws when the pool has failed since the last run. */
  begin(): void {
    const pool = this.#pool;
    // The run has begun, with nothing to take yet.
    this.#setTickets(0x7fffffff, 0);
    if (pool === null) return;
    if (pool.failure !== null) this.#fail(pool, pool.failure);
    if (this.size > 1) pool.call(this.#id);
  }

  /** After a run that ended early. */
  check(status: number): void {
    const pool = this.#pool;
    if (status === outcome.trap && pool)
      this.#fail(pool, `thread ${this.#words[control.status / 4]} trapped`);
    if (status === outcome.stalled && pool)
      this.#fail(pool, "other threads held work and finished none of it for too long");
  }

  #setTickets(place: number, section: number): void {
    for (let thread = 0; thread < this.#threads; thread++) {
      const at = (control.tickets + ticketBytes * thread) / 4;
      Atomics.store(this.#words, at, place);
      Atomics.store(this.#words, at + 1, section);
    }
  }

  #fail(pool: Pool, reason: string): never {
    pool.end(reason);
    this.#pool = null;
    this.#words[control.status / 4] = 0;
    throw compileError(
      `the threads of a compiled function failed: ${reason}; its ${this.#threads - 1} helpers were ended, state that was kept inside may be lost, and later calls compute on one thread`,
    );
  }
}
