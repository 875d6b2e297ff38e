// The parent's side of a host: a child process that answers one request at a time.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Layout } from "./arrays.ts";
import type { Memory, Request } from "./host.ts";
import type { Task } from "./tasks.ts";

/** How to start a host. */
export interface Command {
  readonly program: string;
  readonly options: readonly string[];
  readonly env?: { readonly [name: string]: string };
}

/** Milliseconds after which a host that does not answer is ended. */
const patience = 300_000;

/** A running host. Requests reject with what the host says went wrong, or with how it died. */
export class Remote {
  /** The implementation's own name and version. */
  readonly name: string;
  /** What runs it: "Node 20.20.2", "Python 3.11.2". */
  readonly runtime: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcess,
    lines: AsyncIterator<string>,
    { name, runtime }: { name: string; runtime: string },
  ) {
    this.#child = child;
    this.#lines = lines;
    this.name = name;
    this.runtime = runtime;
  }

  /** Starts a host and waits until its library is loaded. */
  static async open({ program, options, env }: Command): Promise<Remote> {
    const stdio = ["pipe", "ignore", "ignore", "pipe"] as const;
    const child = spawn(program, options, { stdio: [...stdio], env: { ...process.env, ...env } });
    // A process that died shows in its missing answer, not in the pipe that it left.
    child.stdin?.on("error", () => {});
    const failed = once(child, "error").then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {});
    const output = child.stdio[3] as Readable;
    const lines = createInterface({ input: output })[Symbol.asyncIterator]();
    const hello = await Promise.race([nextAnswer(lines, child), failed]);
    return new Remote(child, lines, hello as { name: string; runtime: string });
  }

  /** Builds a task and runs it once; the milliseconds of both, and of building where the implementation tells. */
  prepare(task: Task, inputs: Layout): Promise<{ first: number; building?: number }> {
    return this.#ask({ do: "prepare", task, inputs });
  }

  /** Milliseconds of `repetitions` runs. */
  async time(repetitions: number): Promise<number> {
    return (await this.#ask<{ ms: number }>({ do: "time", repetitions })).ms;
  }

  /** The last run's results, through the file at `path`. */
  async read(path: string): Promise<Float64Array[]> {
    const { lengths } = await this.#ask<{ lengths: number[] }>({ do: "read", path });
    const bytes = readFileSync(path);
    const all = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
    let at = 0;
    return lengths.map((length) => {
      at += length;
      return all.slice(at - length, at);
    });
  }

  async stats(): Promise<unknown> {
    return (await this.#ask<{ stats: unknown }>({ do: "stats" })).stats;
  }

  /** GFLOP/s of f32x4 in registers; null where the implementation cannot tell. */
  async peak(): Promise<number | null> {
    return (await this.#ask<{ gflops: number | null }>({ do: "peak" })).gflops;
  }

  memory(): Promise<Memory> {
    return this.#ask<Memory>({ do: "memory" });
  }

  async release(): Promise<void> {
    await this.#ask({ do: "release" });
  }

  close(): void {
    this.#child.stdin?.end();
    this.#child.kill();
  }

  async #ask<T>(request: Request): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const hung = setTimeout(() => this.#child.kill("SIGKILL"), patience);
    try {
      return (await nextAnswer(this.#lines, this.#child)) as T;
    } finally {
      clearTimeout(hung);
    }
  }
}

async function nextAnswer(lines: AsyncIterator<string>, child: ChildProcess): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done) {
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    throw new Error(`the process ended (${child.signalCode ?? `exit status ${child.exitCode}`})`);
  }
  const answer = JSON.parse(value) as { error?: string };
  if (answer.error !== undefined) throw new Error(answer.error.split("\n")[0]);
  return answer;
}
