// Moves of elements, one after another: every one of them exact, whatever the strides that are left of them.
import {
  add,
  broadcastTo,
  concat,
  flip,
  matmul,
  mul,
  pad,
  permute,
  reshape,
  type Shape,
  slice,
  sum,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { openBackends } from "../support/backends.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

type Move = (x: Tensor, n: number) => Tensor;
const divisors = (n: number) =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
const any = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

const moves: Record<string, Move> = {
  reshape: (x, n) => {
    const rows = any(divisors(x.size), n);
    const inner = any(divisors(x.size / rows), n >> 3);
    return reshape(x, [rows, x.size / rows / inner, inner]);
  },
  flat: (x) => reshape(x, [x.size]),
  permute: (x, n) => {
    const axes = x.shape.map((_, i) => i);
    const [moved] = axes.splice(n % axes.length, 1);
    return permute(x, [...axes, moved!]);
  },
  slice: (x, n) => {
    const axis = n % x.shape.length;
    const length = x.shape[axis]!;
    const start = x.shape.map((_, i) => (i === axis ? Math.min(n % 3, length - 1) : 0));
    const step = x.shape.map((_, i) => (i === axis ? 1 + (n % 2) : 1));
    return slice(x, start, [...x.shape], step);
  },
  flip: (x, n) => flip(x, [n % x.shape.length]),
  pad: (x, n) =>
    x.size > 300
      ? x
      : pad(
          x,
          x.shape.map((_, i) => (i === n % x.shape.length ? [n % 3, 1] : [0, 0])),
          n,
        ),
  concat: (x, n) => (x.size > 300 ? x : concat([x, flip(x, [0])], n % x.shape.length)),
  "concat of sums": (x, n) =>
    x.size > 300
      ? x
      : concat([sum(x, n % x.shape.length, { keepDims: true }), x], n % x.shape.length),
  broadcast: (x, n) => (x.size > 300 ? x : broadcastTo(x, [1 + (n % 3), ...x.shape])),
  add: (x, n) => add(x, n),
  "matmul by a permutation": (x, n) => {
    const rows = reshape(x, [x.size / x.shape.at(-1)!, x.shape.at(-1)!]);
    const m = rows.shape[1]!;
    const p = tensor(
      Array.from({ length: m * m }, (_, i) => Number((Math.floor(i / m) + n) % m === i % m)),
      { shape: [m, m], dtype: "f32" },
    );
    return n % 2 ? matmul(rows, p) : permute(matmul(p, permute(rows)));
  },
};

const chains = fc.record({
  shape: fc.constantFrom<Shape>([6], [12], [3, 4], [2, 3, 5], [1, 7], [4, 1, 3]),
  steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(moves)), fc.nat(60)), {
    minLength: 1,
    maxLength: 6,
  }),
});
const counts = { cpu: 150, webasm: 30, webgpu: 12, webgl2: 0, headlessgl: 0 };

describe.each(tested.map((backend) => [backend.name, backend] as const))(
  "on %s",
  (name, backend) => {
    test("chains of moves put every element where the interpreter does", async () => {
      const law = async ({ shape, steps }: { shape: Shape; steps: [string, number][] }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const x = tensor(Float32Array.from({ length: size }, (_, i) => i + 1)).reshape(shape);
        const f = (start: Tensor) => {
          const all = [start];
          for (const [move, n] of steps) all.push(moves[move]!(all.at(-1)!, n));
          return [all.at(-1)!, all.at(-2)!];
        };
        const step = compile(backend.device, f);
        const [got, want] = [await step(x), f(x)];
        await step.destroy();
        for (const [i, y] of want.entries()) {
          expect(got[i]!.shape).toEqual(y.shape);
          expect(Array.from(got[i]!.data)).toEqual(Array.from(y.data));
        }
      };
      const seed = Number(process.env.COTANGENT_SEED ?? 7);
      await fc.assert(fc.asyncProperty(chains, law), { numRuns: counts[name], seed });
    });
  },
);

describe("on cpu, where the stores of one kernel", () => {
  const { device } = tested[0]!;
  const same = async (f: (...args: Tensor[]) => Tensor | Tensor[], ...args: Tensor[]) => {
    const step = compile(device, f);
    const [got, want] = [[await step(...args)].flat(), [f(...args)].flat()];
    for (const [i, y] of want.entries()) expect(got[i]!.toArray()).toEqual(y.toArray());
    const { length } = step.kernels();
    await step.destroy();
    return length;
  };
  const counted = (...shape: number[]) =>
    tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)).reshape(
      shape,
    );

  test("fill two arrays, the second loads what the first has", async () => {
    const f = (x: Tensor) => {
      const y = add(x, 1);
      return [y, y.mul(2)];
    };
    expect(await same(f, counted(3, 4))).toBe(2);
  });
  test("follow a product, the product is computed once", async () => {
    const f = (x: Tensor, w: Tensor) => {
      const a = matmul(x, w);
      return [a.add(1), a.mul(2), a.abs()];
    };
    const step = compile(device, f);
    await step(counted(3, 12), counted(12, 2));
    const texts = step.kernels().map(({ source }) => source);
    expect(texts.filter((text) => text.includes("total")).length).toBe(1);
    await same(f, counted(3, 12), counted(12, 2));
  });
  test("fill parts that rows of the result do not follow", async () => {
    await same((x) => concat([x, mul(x, 2)], 1).reshape([3, 4]), counted(2, 3));
    await same((x) => add(x.reshape([2, 6]).slice([0, 1], [2, 5]), 1), counted(3, 4));
  });
  test("fill parts of an array that is not zero elsewhere", async () => {
    await same((x) => concat([x, x.mul(2), sum(x, 0, { keepDims: true })], 0), counted(2, 3));
    await same(
      (x) =>
        pad(
          matmul(x, permute(x)),
          [
            [1, 0],
            [0, 2],
          ],
          5,
        ),
      counted(2, 3),
    );
    await same((x) => pad(x.reshape([6]), [[2, 3]]).reshape([11]), counted(2, 3));
  });
});
