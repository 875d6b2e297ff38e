/**
 * Compiled bands: the same bits as the same kernels one after the other, on any number of threads; with sums over the
 * samples in parts, the same bits on any number of threads, and the same numbers to rounding.
 */
import {
  cumsum,
  exp,
  flip,
  matmul,
  random,
  type Tensor,
  type Tree,
  type TypedArray,
  tanh,
  tree,
  valueAndGrad,
} from "@cotangent/autodiff";
import type { BandOptions } from "@cotangent/graph-passes";
import { mlp } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { objectives } from "../../../graph-passes/test/support/objectives.ts";
import { type Prepared, prepare } from "../../src/runtime/prepare.ts";

type F = (...args: never[]) => unknown;

function prepared(
  f: F,
  args: readonly Tree[],
  { threads = 1, bands, state = 0 }: { threads?: number; bands?: BandOptions; state?: number } = {},
): Prepared {
  const { leaves, structure } = tree.flatten(args as unknown as Tree);
  const own = { lowerings: {}, threads, state, ...(bands && { bands }) };
  const made = prepare(f, structure, leaves, own);
  made.program.inputs.forEach((buffer, i) => {
    made.executable.window(buffer).set(leaves[i]!.data);
  });
  return made;
}

const results = ({ program, executable }: Prepared) =>
  program.outputs.map((buffer) => executable.window(buffer).slice());

/** Fails at the first element that differs. */
function expectEqual(got: readonly TypedArray[], want: readonly TypedArray[]): void {
  const kinds = (all: readonly TypedArray[]): string[] =>
    all.map((array) => `${array.constructor.name}[${array.length}]`);
  expect(kinds(got)).toEqual(kinds(want));
  want.forEach((array, i) => {
    const at = array.findIndex((x, k) => !Object.is(x, got[i]![k]));
    if (at >= 0) expect.fail(`result ${i}, element ${at}: ${got[i]![at]}, expected ${array[at]}`);
  });
}

/** Bands wherever there can be some, with blocks of 32 samples, which products compute as they do all. */
const small = { cache: 0, fewest: 32 };
const never = { cache: Number.POSITIVE_INFINITY };

/** Equal to rounding, relative to the largest number of each result. */
function expectClose(got: readonly TypedArray[], want: readonly TypedArray[]): void {
  want.forEach((array, i) => {
    const largest = Math.max(1, ...Array.from(array, Math.abs));
    const errors = Array.from(array, (y, k) => Math.abs(y - got[i]![k]!));
    const bound = array instanceof Float32Array ? 1e-5 : 1e-13;
    expect(Math.max(0, ...errors)).toBeLessThan(bound * largest);
  });
}

async function expectSame(f: F, args: readonly Tree[]): Promise<number> {
  const plain = prepared(f, args, { bands: never });
  plain.executable.run();
  const want = results(plain);
  expect(plain.program.bands).toBeUndefined();
  const inParts = prepared(f, args, { bands: small });
  inParts.executable.run();
  expectClose(results(inParts), want);
  await expectBits(f, args, { ...small, parts: false }, want);
  return expectBits(f, args, small, results(inParts));
}

async function expectBits(
  f: F,
  args: readonly Tree[],
  bands: BandOptions,
  want: readonly TypedArray[],
): Promise<number> {
  for (const threads of [1, 2, 3]) {
    const banded = prepared(f, args, { threads, bands });
    // Threads join when they have started.
    for (let i = 0; i < 200; i++) {
      banded.executable.run();
      expectEqual(results(banded), want);
      if (banded.executable.threads === threads && i >= 5) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(banded.executable.threads).toBe(threads);
    // Timed kernel by kernel, block by block, they compute the same.
    expect(banded.executable.time().every((ms) => ms >= 0)).toBe(true);
    expectEqual(results(banded), want);
    if (threads === 3) return banded.program.bands?.length ?? 0;
  }
  return 0;
}

describe.each(["f32", "f64"] as const)("in %s", (dtype) => {
  test.each(Object.entries(objectives))("a step: %s", async (_, objective) => {
    const network = mlp({ sizes: [3, 40, 40, 3] });
    const params = network.init(random.key(0), { dtype }) as unknown as Tree;
    const own = objective(network);
    const x = random.normal(random.key(1), [96, 3], { dtype });
    const draws = own.draw(random.key(2), x) as unknown as Tree;
    const f = (p: Tree, z: Tensor, u: Tree) =>
      valueAndGrad((q: Tree) => own.perSample(q as never, z, u as never).mean())(p);
    expect(await expectSame(f as F, [params, x, draws])).toBeGreaterThan(0);
  });
  test("a state is not replaced while its band reads it, in whatever order", () => {
    const x = random.normal(random.key(1), [96, 24], { dtype });
    const w = random.normal(random.key(2), [24, 24], { dtype }).mul(0.2);
    const next = (s: Tensor, v: Tensor) => {
      const other = tanh(matmul(flip(s, 0), v));
      return [s.add(tanh(matmul(other, v)))];
    };
    const plain = prepared(next as F, [x, w], { bands: never });
    const banded = prepared(next as F, [x, w], { bands: small, state: 1 });
    expect(banded.program.bands).toHaveLength(1);
    for (const { executable } of [plain, banded]) executable.run();
    expectEqual(results(banded), results(plain));
  });
  test("products that are stored transposed, which have memory of their own meanwhile", async () => {
    const f = (x: Tensor, v: Tensor, w: Tensor) => [
      matmul(x, v).permute(),
      matmul(tanh(matmul(x, w)), v).permute(),
      matmul(exp(matmul(x, w)), w).permute(),
    ];
    const x = random.normal(random.key(1), [192, 24], { dtype });
    const v = random.normal(random.key(2), [24, 90], { dtype }).mul(0.2);
    const w = random.normal(random.key(2), [24, 24], { dtype }).mul(0.2);
    expect(await expectSame(f as F, [x, v, w])).toBe(1);
  });
  test("loops and reductions, merged and reversed axes, several bands", async () => {
    const f = (x: Tensor, w: Tensor) => {
      const y = tanh(matmul(x, w));
      const z = y
        .mul(y.sum(1, { keepDims: true }))
        .reshape([-1])
        .mul(0.5)
        .reshape([96, 24]);
      const t = cumsum(flip(matmul(z, w), 1), 0).mul(0.01);
      return [matmul(exp(t), w).add(matmul(t, w)), t.max(1), z.reshape([96, 4, 6]).sum(1)];
    };
    const x = random.normal(random.key(1), [96, 24], { dtype });
    const w = random.normal(random.key(2), [24, 24], { dtype }).mul(0.2);
    expect(await expectSame(f as F, [x, w])).toBe(2);
  });
});
