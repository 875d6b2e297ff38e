// Nothing is read or written outside of buffers, and nothing grows.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  add,
  concat,
  gather,
  grad,
  matmul,
  mul,
  random,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { describe, expect, test } from "vitest";
import { sample } from "../../../autodiff/test/support/sample.ts";
import { byteLength } from "../../src/codegen/arena.ts";
import { prepare } from "../../src/runtime/prepare.ts";

type F = (...x: Tensor[]) => unknown;

/** Runs a function in memory full of NaN, and returns the bytes outside of buffers and scratch that changed. */
function trespasses(f: F, args: readonly Tensor[]): number[] {
  const { executable, program } = prepare(
    f,
    args.map(() => null),
    args,
    { lowerings: {} },
  );
  const bytes = executable.bytes();
  const { arena } = executable.generated;
  const isOurs = new Uint8Array(bytes.length);
  for (const buffer of program.buffers) {
    const at = arena.address(buffer);
    isOurs.fill(1, at, at + byteLength(buffer));
  }
  // Constants of functions and of the graph lie in memory already.
  const before = bytes.slice();
  const free = (i: number) =>
    isOurs[i] === 0 && (i < 64 || i >= arena.buffers) && i < arena.scratchStart;
  for (let i = 0; i < bytes.length; i++) if (free(i) || i >= arena.scratchStart) bytes[i] = 0xff;
  for (const buffer of program.buffers)
    if (buffer.role !== "constant") executable.window(buffer).fill(Number.NaN);
  program.inputs.forEach((buffer, i) => executable.window(buffer).set(args[i]!.data));
  executable.run();
  program.inputs.forEach((buffer, i) =>
    expect([...executable.window(buffer)]).toEqual([...args[i]!.data]),
  );
  return [...bytes.keys()].filter(
    (i) => free(i) && i >= 64 && bytes[i] !== 0xff && bytes[i] !== before[i],
  );
}

describe("a program writes its buffers and nothing else", () => {
  test.each([1, 2, 3, 5, 7, 9, 13, 30, 33])("%i", (n) => {
    for (const dtype of ["f64", "f32"] as const) {
      const [x, w, b] = [sample([n, n], 1), sample([n, n], 2), sample([n], 3)].map((y) =>
        y.astype(dtype),
      );
      const f: F = (u, v, c) => {
        const y = tanh(add(matmul(u!, v!), c!));
        return [y, sum(y, 0), sum(y, 1), concat([y, mul(2, y)], 1), y.greater(0), y.permute()];
      };
      expect(trespasses(f, [x!, w!, b!])).toEqual([]);
      expect(
        trespasses(
          (u) => [grad((z: Tensor) => sum(gather(z, tensor([0], { dtype: "i32" }))))(u!)],
          [x!],
        ),
      ).toEqual([]);
    }
    expect(trespasses((key) => random.normal(key!, [n]), [random.key(1)])).toEqual([]);
  });
});

// The collector, so that results that nobody holds do not count.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("ten thousand calls leave memory where it was", async () => {
  const step = compile((w: Tensor, x: Tensor) => grad((v: Tensor) => sum(tanh(matmul(x, v))))(w), {
    dtype: "f32",
  });
  const [w, x] = [sample([8, 8], 1), sample([16, 8], 2)];
  const run = (n: number) => {
    for (let i = 0; i < n; i++) step(w, x);
  };
  const used = async () => {
    // Buffers are freed behind the collector's back.
    for (let i = 0; i < 3; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { heapUsed, arrayBuffers, external } = process.memoryUsage();
    return [heapUsed, arrayBuffers, external] as const;
  };
  run(2000);
  const before = await used();
  run(10_000);
  const after = await used();
  const arena = step.stats().arenaBytes;
  run(1);
  expect(step.stats().arenaBytes).toBe(arena);
  after.forEach((bytes, i) => expect(bytes - before[i]!).toBeLessThan(200_000));
});
