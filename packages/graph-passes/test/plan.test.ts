import {
  checkpoint,
  cumsum,
  exp,
  eye,
  flip,
  grad,
  matmul,
  neg,
  sin,
  type Tensor,
  tanh,
  trace,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import {
  anyPrograms,
  functionOf,
  holdsForPrograms,
  inputsOf,
} from "../../autodiff/test/support/program.ts";
import {
  type Buffer,
  bytesOf,
  optimise,
  type Plan,
  type Program,
  plan,
  schedule,
} from "../src/index.ts";
import { runInArena, runProgram } from "../src/reference/index.ts";

const x = zeros([8, 8]);
const programOf = (f: (x: Tensor) => unknown): Program => schedule(optimise(trace(f)(x)));
const offset = ({ offsets }: Plan, buffer: Buffer | undefined) => offsets.get(buffer as Buffer);

describe("in place", () => {
  // cumsum is opaque, so that what it reads and writes lies in memory.
  const written = (f: (x: Tensor) => Tensor) => {
    const program = programOf((x) => cumsum(f(cumsum(x))));
    const loop = program.kernels.find(({ kind }) => kind === "loop");
    if (loop?.kind !== "loop") throw new Error("expected a loop");
    const planned = plan(program);
    return [loop.code.loads[0]?.buffer, loop.code.stores[0]?.view.buffer].map((buffer) =>
      offset(planned, buffer),
    );
  };

  test("a loop overwrites what it reads element by element for the last time", () => {
    const [read, stored] = written((x) => exp(sin(x)));
    expect(stored).toBe(read);
  });

  test("not when it reads in another order, or the same memory twice in different orders", () => {
    for (const f of [
      (x: Tensor) => exp(flip(x)),
      (x: Tensor) => exp(flip(x)).add(x),
      (x: Tensor) => x.permute().add(x),
    ]) {
      const [read, stored] = written(f);
      expect(stored).not.toBe(read);
    }
  });

  test("not an input, and not what is read again", () => {
    const program = programOf((x) => cumsum(neg(x)));
    const [loop] = program.kernels;
    expect(loop?.kind).toBe("loop");
    const planned = plan(program);
    expect(offset(planned, program.buffers[1])).not.toBe(offset(planned, program.inputs[0]));
    const again = programOf((x) => {
      const y = cumsum(x);
      return matmul(cumsum(exp(y)), y);
    });
    const offsets = again.buffers.map((buffer) => offset(plan(again), buffer));
    expect(new Set(offsets.slice(0, 3)).size).toBe(3);
  });

  test("not an operand of a product, whose rows are read until the end", () => {
    const program = programOf((x) => cumsum(matmul(cumsum(x), x).add(cumsum(x))));
    const product = program.kernels.find(({ kind }) => kind === "matmul");
    if (product?.kind !== "matmul") throw new Error("expected a product");
    const planned = plan(program);
    const stored = product.epilogue.stores[0]?.view.buffer;
    expect(offset(planned, stored)).not.toBe(offset(planned, product.left.buffer));
  });
});

test("offsets are aligned, lie inside of the arena, and inputs and constants have places of their own", () => {
  holdsForPrograms(
    anyPrograms,
    (given) => {
      const program = schedule(optimise(trace(functionOf(given))(...inputsOf(given))));
      const planned = plan(program, { align: 16 });
      const ranges = program.buffers.map((buffer) => {
        const start = offset(planned, buffer) as number;
        expect(start % 16).toBe(0);
        expect(start + bytesOf(buffer)).toBeLessThanOrEqual(planned.size);
        return {
          start,
          end: start + bytesOf(buffer),
          isGiven: buffer.role === "input" || buffer.role === "constant",
        };
      });
      for (const [i, a] of ranges.entries())
        for (const b of ranges.slice(i + 1))
          if (a.isGiven || b.isGiven)
            expect(
              a.end <= b.start || b.end <= a.start || a.start === a.end || b.start === b.end,
            ).toBe(true);
    },
    0.1,
  );
});

test("a plan that lets two living buffers overlap is found out by the poisoned arena", () => {
  const program = programOf((x) => matmul(cumsum(x), cumsum(exp(x))));
  const good = plan(program);
  const input = [zeros([8, 8]).add(1)];
  const [want] = runProgram(program, input);
  expect(runInArena(program, input, good)[0]).toEqual(want);
  const [a, b] = program.buffers.filter(({ role }) => role === "temporary");
  const bad = {
    ...good,
    offsets: new Map(good.offsets).set(b as Buffer, offset(good, a) as number),
  };
  expect(runInArena(program, input, bad)[0]).not.toEqual(want);
});

test("checkpoint saves memory in a program too: nothing is merged back, or computed too early", () => {
  const w = eye(8);
  const block = (x: Tensor): Tensor => tanh(matmul(tanh(matmul(tanh(x), w)), w));
  const chain = (f: (x: Tensor) => Tensor) => (x: Tensor) =>
    Array.from({ length: 8 })
      .reduce((y: Tensor) => f(y), x)
      .sum();
  const size = (f: (x: Tensor) => Tensor) =>
    plan(programOf(grad(chain(f)) as (x: Tensor) => Tensor)).size / bytesOf(x);
  expect(size(checkpoint(block) as (x: Tensor) => Tensor)).toBeLessThan(0.6 * size(block));
});
