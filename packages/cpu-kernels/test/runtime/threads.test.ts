// Threads: the same bits for any number, errors instead of hangs, and processes that end.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  add,
  concat,
  exp,
  gather,
  matmul,
  mul,
  random,
  sum,
  type Tensor,
  tanh,
  tensor,
  tree,
} from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { build } from "esbuild";
import { afterAll, describe, expect, test, vi } from "vitest";
import { sample } from "../../../autodiff/test/support/sample.ts";
import { control, ticketBytes } from "../../src/codegen/control.ts";
import { poolOf } from "../../src/runtime/pool.ts";
import { prepare } from "../../src/runtime/prepare.ts";
import { settled } from "../support/settled.ts";

const layer = (x: Tensor, w: Tensor, b: Tensor) => {
  const h = tanh(add(matmul(x, w), b));
  const g = matmul(h.permute(), h);
  return [h, g, sum(mul(h, h), 0), sum(exp(h), 1), concat([h, mul(2, h)], 1), sum(h), h.greater(0)];
};
const inputs = (n: number) =>
  [sample([n, n + 3], 1), sample([n + 3, n + 1], 2), sample([n + 1], 3)] as const;
const batched = (x: Tensor, w: Tensor) => tanh(matmul(x, w));

afterAll(() => poolOf(0).end("the tests are over"));

describe("results are the same bits", () => {
  test.each([2, 3])("with %i threads as with one", async (threads) => {
    for (const dtype of ["f32", "f64"] as const) {
      const args = inputs(190);
      const alone = tree.leaves(compile(layer, { dtype })(...args));
      const step = compile(layer, { dtype, threads });
      const call = () => step(...args);
      call();
      await settled(step, call, threads);
      for (let i = 0; i < 50; i++)
        tree
          .leaves(call())
          .forEach((y, k) => expect(Buffer.compare(bytes(y), bytes(alone[k]!))).toBe(0));
    }
  });
  test("for batches of products, whose members are packed by different threads", async () => {
    const [x, w] = [sample([40, 30, 50], 1), sample([40, 50, 33], 2)];
    const alone = compile(batched)(x, w);
    const step = compile(batched, { threads: 2 });
    step(x, w);
    await settled(step, () => step(x, w), 2);
    for (let i = 0; i < 30; i++) expect(Buffer.compare(bytes(step(x, w)), bytes(alone))).toBe(0);
  });
  test("for wide right operands, which each thread packs piece by piece, one for all or one a member", async () => {
    const [x, w] = [sample([2, 130, 701], 1), sample([2, 701, 203], 2)];
    const wide = (a: Tensor, b: Tensor): Tensor[] => [
      batched(a, b),
      tanh(matmul(a, b.slice([0, 0, 0], [1, 701, 203]))),
    ];
    const alone = compile(wide)(x, w);
    const step = compile(wide, { threads: 2 });
    step(x, w);
    await settled(step, () => step(x, w), 2);
    for (let i = 0; i < 10; i++)
      step(x, w).forEach((y, k) => expect(Buffer.compare(bytes(y), bytes(alone[k]!))).toBe(0));
  });
  test("of noise and of state that is kept inside", async () => {
    const walk = (s: Tensor, key: Tensor) => {
      const next = add(mul(0.9, s), random.normal(key, [40_000], { dtype: "f32" }));
      return [next, sum(next)] as const;
    };
    const start = random.normal(random.key(1), [40_000], { dtype: "f32" });
    const [one, two] = [compile(walk, { state: true }), compile(walk, { state: true, threads: 2 })];
    one(start, random.key(2));
    two(start, random.key(2));
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(two(two.state, random.key(i))[1].item()).toBe(one(one.state, random.key(i))[1].item());
    }
  });
  test("of state that is overwritten in place, whose last elements fill no vector", () => {
    // Shared out in chunks whether or not another thread has started: the elements after the last vector once, at the end.
    for (const [n, columns] of [
      [40_003, 1],
      [203, 201],
    ] as const) {
      const start = sample([n, columns], 1);
      const decay = (s: Tensor) => [s.mul(0.75).add(0.125)];
      const results = [1, 2, 5].map((threads) => {
        const step = compile(decay, { state: true, dtype: "f32", threads });
        for (let i = 0; i < 3; i++) step(i === 0 ? start : step.state);
        return step.state.read();
      });
      for (const y of results) expect(Buffer.compare(bytes(y), bytes(results[0]!))).toBe(0);
    }
  });
});
const bytes = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe("failures are errors", () => {
  test("an index outside of its axis is the interpreter's error, and the next call works", () => {
    const pick = compile((x: Tensor, i: Tensor) => sum(gather(tanh(x), i), 0), { threads: 2 });
    const x = sample([300, 300], 1);
    const at = (i: number) => tensor([i, 0], { dtype: "i32" });
    expect(() => pick(x, at(300))).toThrow(
      /gather: index 300 \(element 0\) is outside an axis of length 300/,
    );
    expect(pick(x, at(299)).shape).toEqual([300]);
  });
  test("threads that end are one error; then a call computes alone, and new functions have new threads", async () => {
    const args = inputs(150);
    const step = compile(layer, { threads: 2 });
    step(...args);
    await settled(step, () => step(...args), 2);
    poolOf(1).end("thread 1 ended with code 9");
    expect(() => step(...args)).toThrow(
      /threads of a compiled function failed: thread 1 ended with code 9/,
    );
    expect(tree.leaves(step(...args)).map((y) => y.data)).toEqual(
      tree.leaves(compile(layer)(...args)).map((y) => y.data),
    );
    const fresh = compile(layer, { threads: 2 });
    fresh(...args);
    await settled(fresh, () => fresh(...args), 2);
  });
  test("a worker that dies is an error of the next call", async () => {
    // A pool of its own, whose workers are at hand.
    poolOf(0).end("another test is next");
    const threads = process.getBuiltinModule("node:worker_threads");
    const started: Worker[] = [];
    class Caught extends threads.Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        started.push(this);
      }
    }
    const spy = vi.spyOn(process, "getBuiltinModule").mockReturnValue({ Worker: Caught } as never);
    const args = inputs(150);
    const step = compile(layer, { threads: 2 });
    step(...args);
    spy.mockRestore();
    await settled(step, () => step(...args), 2);
    await started[0]!.terminate();
    expect(() => step(...args)).toThrow(/thread 1 ended with code 1; its 1 helpers were ended/);
    expect(tree.leaves(step(...args)).map((y) => y.data)).toEqual(
      tree.leaves(compile(layer)(...args)).map((y) => y.data),
    );
  });
  test.each([
    ["never finishes it is an error after a bounded wait", 0, 200, /held work and finished none/],
    ["traps is an error that names it, at once", 7, 5_000, /thread 7 trapped/],
  ])("a thread that holds work and %s", async (_, status, patience, said) => {
    const args = inputs(300);
    const { executable, program } = prepare(
      layer,
      args.map(() => null),
      args,
      { lowerings: {}, threads: 2, patience },
    );
    program.inputs.forEach((buffer, i) => executable.window(buffer).set(args[i]!.data));
    // A thread of our own takes one place of the share of thread 1 and disappears with it, or says that it trapped as
    // workers do.
    const thief = new Worker(
      `const { workerData: { memory, ticket, lengths, status, at } } = require("node:worker_threads");
       const words = new BigInt64Array(memory);
       require("node:worker_threads").parentPort.postMessage("ready");
       for (;;) {
         const t = BigInt.asUintN(64, Atomics.load(words, ticket));
         const count = t >> 32n === 0xffffffffn ? 0 : new Int32Array(memory)[lengths + Number(t >> 32n)];
         if (Number(t & 0xffffffffn) < count && Atomics.compareExchange(words, ticket, t, t + 1n) === t) break;
       }
       if (status) Atomics.store(new Int32Array(memory), at, status);`,
      {
        eval: true,
        workerData: {
          memory: executable.bytes().buffer,
          ticket: (control.tickets + ticketBytes) / 8,
          lengths: control.lengths / 4,
          status,
          at: control.status / 4,
        },
      },
    );
    await new Promise((resolve) => thief.once("message", resolve));
    let message = "";
    const began = performance.now();
    for (let i = 0; i < 200 && message === ""; i++) {
      try {
        executable.run();
      } catch (error) {
        message = String(error);
      }
    }
    await thief.terminate();
    expect(message).toMatch(said);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

test("a process that used threads ends by itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "threads-"));
  try {
    const outfile = join(folder, "main.mjs");
    const contents = `
      import { matmul, ones } from "@cotangent/autodiff";
      import { compile } from "@cotangent/cpu-kernels";
      const step = compile((x) => matmul(x, x), { threads: 2 });
      const x = ones([200, 200]);
      for (let i = 0; i < 20; i++) step(x);
      console.log(step(x).data[0]);`;
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["@cotangent/source"],
      outfile,
      logLevel: "error",
    });
    const output = execFileSync(process.execPath, [outfile], { timeout: 20_000, encoding: "utf8" });
    expect(output.trim()).toBe("200");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
