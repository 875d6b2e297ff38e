// The program of a worker, as text: it runs in Node and in browsers, and bundlers leave it alone.
//
//   load message: make an instance of a module over its shared memory, and say that it is ready
//   then wait for the epoch to change, and work on the program that is named beside it: spin, then nap, then sleep
//
// A worker that computes does not read messages; so the pool counts what it sends, and a worker that is behind goes
// back to its event loop. A trap is reported in the program's own status word.

/** Words of the memory that a pool shares with its workers. */
export const poolWords = { epoch: 0, program: 1, sent: 2, never: 3, count: 16 } as const;

export const workerSource = (ready: number, status: number): string => `
"use strict";
const port = typeof require === "function" ? require("node:worker_threads").parentPort : self;
const programs = new Map();
let pool, thread, received = 0, seen = 0;
// Milliseconds after the last work: spinning, then napping, then asleep.
const spinning = 1, napping = 3000, spins = 20000;

// Who naps wakes by a timer: see parallel.ts. Who sleeps is woken.
function rest(idle) {
  const nap = Math.min(5, Math.max(0.05, idle / 20));
  if (idle < napping) Atomics.wait(pool, ${poolWords.never}, 0, nap);
  else Atomics.wait(pool, ${poolWords.epoch}, seen, 1000);
}

function serve() {
  let since = performance.now(), idle = 0;
  for (;;) {
    if (Atomics.load(pool, ${poolWords.sent}) !== received) return;
    let epoch = Atomics.load(pool, ${poolWords.epoch});
    for (let i = 0; idle < spinning && i < spins && epoch === seen; i++)
      epoch = Atomics.load(pool, ${poolWords.epoch});
    if (epoch === seen) {
      idle = performance.now() - since;
      if (idle >= spinning) rest(idle);
      continue;
    }
    seen = epoch;
    const program = programs.get(Atomics.load(pool, ${poolWords.program}));
    if (program === undefined) continue;
    try {
      program.work(program.own, thread);
    } catch (error) {
      Atomics.store(program.words, ${status / 4}, thread);
      port.postMessage({ trap: String(error) });
      return;
    }
    since = performance.now();
    idle = 0;
  }
}

function receive({ kind, shared, number, sent, id, module, memory, own }) {
  received++;
  if (kind === "start") {
    pool = shared;
    thread = number;
    received = sent;
    seen = Atomics.load(pool, ${poolWords.epoch});
  } else if (kind === "forget") programs.delete(id);
  else if (kind === "load") {
    const imports = { arena: { memory, now: () => performance.now(), meanwhile() {} } };
    const { work } = new WebAssembly.Instance(module, imports).exports;
    const words = new Int32Array(memory.buffer);
    programs.set(id, { work, own, words });
    Atomics.add(words, ${ready / 4}, 1);
  }
  serve();
}
if (port.on) port.on("message", receive);
else port.onmessage = (event) => receive(event.data);
`;
