// Workers that help with every program of this thread: worker_threads in Node, Workers in isolated pages.
//
//   pool.load(program)      sends it to all workers; until they have it, calls compute alone
//   pool.call(program)      tells the workers of one run; wakes those that sleep
//
// Nothing waits for a worker to start, and no worker keeps a process alive.
import { control } from "../codegen/control.ts";
import { compileError } from "./errors.ts";
import { poolWords, workerSource } from "./worker-source.ts";

/** What this module uses of a worker, in Node and in browsers. */
interface Helper {
  postMessage(message: unknown): void;
  terminate(): unknown;
  unref?(): void;
  on?(event: "message" | "error" | "exit", listener: (value: unknown) => void): void;
  addEventListener?(event: "message" | "error", listener: (event: Event) => void): void;
}
interface NodeThreads {
  readonly Worker: new (source: string, options: { eval: true; name: string }) => Helper;
}
interface Host {
  readonly process?: { getBuiltinModule?(name: "node:worker_threads"): NodeThreads };
  readonly crossOriginIsolated?: boolean;
}

const host = globalThis as Host;

function startWorker(source: string): Helper {
  const threads = host.process?.getBuiltinModule?.("node:worker_threads");
  if (threads) return new threads.Worker(source, { eval: true, name: "cotangent" });
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return new Worker(url, { name: "cotangent" }) as unknown as Helper;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Throws where there can be no threads. */
export function requireThreads(): void {
  const isNode = host.process?.getBuiltinModule !== undefined;
  if (typeof SharedArrayBuffer === "function" && (isNode || host.crossOriginIsolated)) return;
  throw compileError(
    "threads > 1 needs shared memory and workers; expected Node 20.16 or later, or a cross-origin isolated page (headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)",
  );
}

/** A program as workers get it. */
export interface SharedProgram {
  readonly id: number;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** How many threads it has room for, the caller's included. */
  readonly threads: number;
  /** The memory of its own that each thread has. */
  own(thread: number): number;
}

export class Pool {
  readonly #workers: Helper[] = [];
  readonly #words: Int32Array<SharedArrayBuffer> = new Int32Array(
    new SharedArrayBuffer(4 * poolWords.count),
  );
  #failure: string | null = null;

  /** What ended this pool, if anything did. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Starts workers until there are `helpers`. */
  grow(helpers: number): void {
    while (this.#workers.length < helpers) {
      const number = this.#workers.length + 1;
      const worker = this.#start(number);
      this.#workers.push(worker);
      const sent = Atomics.load(this.#words, poolWords.sent) + 1;
      this.#send((thread) =>
        thread === number ? { kind: "start", shared: this.#words, number, sent } : null,
      );
    }
  }

  #start(number: number): Helper {
    const worker = startWorker(workerSource(control.ready, control.status));
    const fail = (reason: string): void => {
      this.#failure ??= `thread ${number} ${reason}`;
    };
    worker.on?.("message", (message) => fail(`trapped: ${(message as { trap: string }).trap}`));
    worker.on?.("error", (error) => fail(`failed: ${String(error)}`));
    worker.on?.("exit", (code) => fail(`ended with code ${code}`));
    worker.addEventListener?.("message", (event) =>
      fail(`trapped: ${(event as MessageEvent<{ trap: string }>).data.trap}`),
    );
    worker.addEventListener?.("error", (event) => fail(`failed: ${(event as ErrorEvent).message}`));
    // A listener keeps a process alive, so this comes after them.
    worker.unref?.();
    return worker;
  }

  /** A message for every worker, if only an empty one: they compare how many were sent with how many they read. */
  #send(messageFor: (thread: number) => unknown): void {
    // Counted first: who reads a message before it is counted would wait for one more.
    Atomics.add(this.#words, poolWords.sent, 1);
    this.#workers.forEach((worker, i) => {
      worker.postMessage(messageFor(i + 1) ?? { kind: "none" });
    });
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#words, poolWords.epoch, 1);
    Atomics.notify(this.#words, poolWords.epoch);
  }

  load({ id, module, memory, threads, own }: SharedProgram): void {
    this.#send((thread) =>
      thread < threads ? { kind: "load", id, module, memory, own: own(thread) } : null,
    );
  }

  forget(id: number): void {
    this.#send(() => ({ kind: "forget", id }));
  }

  /** Tells the workers of a run of a program, and wakes those that sleep. */
  call(id: number): void {
    Atomics.store(this.#words, poolWords.program, id);
    this.#wake();
  }

  /** Ends all workers: after a failure, what they write cannot be trusted. */
  end(reason: string): void {
    this.#failure ??= reason;
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }
}

// Made when it is first wanted: a page that is not isolated has no shared memory at all.
let current: Pool | null = null;

/** The pool of this thread, with at least so many helpers; a new one when the last has failed. */
export function poolOf(helpers: number): Pool {
  if (current === null || current.failure !== null) current = new Pool();
  current.grow(helpers);
  return current;
}
