// The child process that runs one implementation: `node host.js PEER OPTIONS`.
//
// Requests are lines of JSON on stdin, answers lines of JSON on descriptor 3, so that what a library
// prints cannot be mistaken for one. peers/torch_peer.py speaks the same language. The parent sees to
// it that only one host works at a time.
import { writeFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Layout, readArrays } from "./arrays.ts";
import type { Peer, Prepared } from "./peer.ts";
import type { Task } from "./tasks.ts";

export type Request =
  | { readonly do: "prepare"; readonly task: Task; readonly inputs: Layout }
  | { readonly do: "time"; readonly repetitions: number }
  | { readonly do: "read"; readonly path: string }
  | { readonly do: "stats" | "peak" | "memory" | "release" };

export interface Memory {
  /** All of the process, in bytes. */
  readonly rss: number;
  /** The JavaScript heap and array buffers after a collection, in bytes; 0 outside JavaScript. */
  readonly heap: number;
}

const [, , file = "", options = "{}"] = process.argv;
const answer = (value: unknown): void => {
  writeSync(3, `${JSON.stringify(value)}\n`);
};
const milliseconds = (): number => Number(process.hrtime.bigint()) / 1e6;

let prepared: Prepared | undefined;

/** Milliseconds of `repetitions` runs. */
async function time(repetitions: number): Promise<number> {
  const task = requirePrepared();
  if (task.time) return task.time(repetitions);
  const start = milliseconds();
  for (let i = 0; i < repetitions; i++) {
    const pending = task.run();
    if (pending) await pending;
  }
  return milliseconds() - start;
}

async function respond(peer: Peer, request: Request): Promise<unknown> {
  switch (request.do) {
    case "prepare": {
      prepared?.release?.();
      const arrays = readArrays(request.inputs);
      const start = milliseconds();
      prepared = await peer.prepare(request.task, arrays);
      await prepared.run();
      const first = milliseconds() - start;
      return { first, building: prepared.building?.() };
    }
    case "time":
      return { ms: await time(request.repetitions) };
    case "read": {
      const results = await requirePrepared().read();
      const numbers = Float64Array.from(results.flatMap((array) => Array.from(array)));
      writeFileSync(request.path, Buffer.from(numbers.buffer));
      return { lengths: results.map(({ length }) => length) };
    }
    case "stats":
      return { stats: requirePrepared().stats?.() ?? null };
    case "peak":
      return { gflops: (await peer.peak?.()) ?? null };
    case "memory": {
      globalThis.gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rss, heap: heapUsed + external };
    }
    case "release":
      prepared?.release?.();
      prepared = undefined;
      return {};
  }
}

function requirePrepared(): Prepared {
  if (prepared) return prepared;
  throw new Error("bench: expected a prepared task, got none; send prepare first");
}

try {
  const { openPeer } = (await import(file)) as { openPeer: (options: unknown) => Promise<Peer> };
  const peer = await openPeer(JSON.parse(options));
  answer({ name: peer.name, runtime: `Node ${process.versions.node}` });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      answer(await respond(peer, JSON.parse(line) as Request));
    } catch (error) {
      answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  process.exit(0);
} catch (error) {
  answer({ error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
