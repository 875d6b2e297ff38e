// Bands: the same numbers, kernel by kernel of fewer samples; sums over all of them in parts, to rounding.
import {
  concat,
  cumsum,
  exp,
  grad,
  matmul,
  type NDArray,
  random,
  type Tensor,
  tanh,
  tensor,
  trace,
  zeros,
} from "@cotangent/autodiff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyPrograms,
  functionOf,
  holdsForPrograms,
  inputsOf,
} from "../../autodiff/test/support/program.ts";
import { isInStep } from "../src/bands/slice.ts";
import {
  type BandOptions,
  band,
  optimise,
  type Program,
  plan,
  printProgram,
  type Shape,
  schedule,
  type View,
} from "../src/index.ts";
import { runInArena, runProgram } from "../src/reference/index.ts";
import { objectives } from "./support/objectives.ts";
import { stepOf } from "./support/step-of.ts";

/** Everything in bands that can be, in as many blocks as can be. */
const smallest = { cache: 0, fewest: 1 };

/** The same bits without parts of sums; with them the same bits in memory that is poisoned wherever nothing is alive. */
function expectSame(
  program: Program,
  options: BandOptions,
  inputs: readonly Tensor[],
): { readonly want: NDArray[]; readonly got: NDArray[]; readonly bands: number } {
  const want = runProgram(program, inputs);
  const whole = band(program, { ...options, parts: false });
  expect(runProgram(whole, inputs)).toEqual(want);
  expect(runInArena(whole, inputs, plan(whole))).toEqual(want);
  const inParts = band(program, options);
  const got = runProgram(inParts, inputs);
  expect(runInArena(inParts, inputs, plan(inParts))).toEqual(got);
  return { want, got, bands: inParts.bands?.length ?? 0 };
}

/** Equal to rounding, relative to the largest number of each result. */
function expectClose({ got, want }: { got: NDArray[]; want: NDArray[] }): void {
  want.forEach(({ data }, i) => {
    const largest = Math.max(1, ...Array.from(data, Math.abs));
    const errors = Array.from(data, (y, k) => Math.abs(y - got[i]!.data[k]!));
    expect(Math.max(0, ...errors)).toBeLessThan(1e-12 * largest);
  });
}

describe.each(Object.entries(objectives))("a step of score matching: %s", (_, objective) => {
  const { program, inputs } = stepOf(objective, 12);

  test.each([1, 2, 3, 6])("gives the same numbers with %i samples or more in a block", (fewest) => {
    const banded = band(program, { cache: 0, fewest });
    expect(banded.bands!.length).toBeGreaterThan(0);
    for (const { blocks } of banded.bands!) expect(12 / blocks).toBeGreaterThanOrEqual(fewest);
    expectClose(expectSame(program, { cache: 0, fewest }, inputs));
  });
  test("has its forward and backward passes in bands, and the gradients of weights behind them", () => {
    const { kernels, bands = [] } = band(program, { ...smallest, parts: false });
    const isInBand = (at: number) =>
      bands.some(({ first, kernels: count }) => at >= first && at < first + count);
    expect(bands[0]!.first).toBe(0);
    expect(bands.every(({ blocks }) => blocks === 12)).toBe(true);
    const products = kernels.flatMap((kernel, at) => (kernel.kind === "matmul" ? [at] : []));
    // Three forward and two backward, or more; each weight has a gradient, a product over the samples.
    expect(products.filter(isInBand).length).toBeGreaterThanOrEqual(5);
    expect(products.filter((at) => !isInBand(at)).length).toBeGreaterThanOrEqual(3);
  });
  test("takes sums over the samples in parts: products over them are in bands, too", () => {
    const behind = (parts: boolean) => {
      const { kernels, bands = [] } = band(program, { ...smallest, parts });
      return kernels.filter(
        (kernel, at) =>
          kernel.kind === "matmul" &&
          kernel.depth % 12 === 0 &&
          !bands.some(({ first, kernels: count }) => at >= first && at < first + count),
      ).length;
    };
    expect(behind(false)).toBeGreaterThanOrEqual(3);
    // One may sum what a sum behind the band is needed for.
    expect(behind(true)).toBeLessThanOrEqual(1);
  });
  test("needs less memory for what only a band touches: one block", () => {
    const banded = band(program, smallest);
    const blocks = banded.buffers.filter(({ role }) => role === "block");
    expect(blocks.length).toBeGreaterThan(0);
    for (const { id, shape } of blocks)
      expect(12 * shape.reduce((a, b) => a * b, 1)).toBe(
        program.buffers[id]!.shape.reduce((a, b) => a * b, 1),
      );
    expect(printProgram(banded)).toContain("band 0 to ");
  });
  test("is left alone where it fits the cache", () => {
    expect(band(program)).toBe(program);
  });
});

describe("bands are cut where it pays", () => {
  const layers = (x: Tensor, w: Tensor): Tensor =>
    [1, 2, 3, 4].reduce((y) => tanh(matmul(y, w)), x).sum();
  const blocksOf = (samples: number, units: number, cache: number): number[] => {
    const args = [zeros([samples, units]), zeros([units, units])] as const;
    const program = schedule(optimise(trace(layers)(...args)));
    return (band(program, { cache, fewest: 8 }).bands ?? []).map(({ blocks }) => blocks);
  };
  /** The samples, and what four layers make of them, in f64. */
  const bytesOf = (samples: number, units: number): number => 5 * samples * units * 8;

  test("where their arrays are far larger than the cache, in blocks that fit it", () => {
    const bytes = bytesOf(1024, 16);
    expect(blocksOf(1024, 16, bytes / 5)).toEqual([8]);
    expect(blocksOf(1024, 16, bytes / 8)).toEqual([8]);
    expect(blocksOf(1024, 16, bytes / 9)).toEqual([16]);
  });
  test("not where they are a few times as large", () => {
    expect(blocksOf(1024, 16, bytesOf(1024, 16) / 4)).toEqual([]);
  });
  test("not where the smallest block does not fit either", () => {
    const bytes = bytesOf(1024, 4);
    expect(blocksOf(1024, 4, bytes / 128)).toEqual([128]);
    expect(blocksOf(1024, 4, bytes / 129)).toEqual([]);
  });
  test("and sums over the samples where parts take a quarter of what they sum at most", () => {
    // tr (YᵀY)² of what four layers give: one product over the samples.
    const f = (x: Tensor, w: Tensor): Tensor => {
      const y = [1, 2, 3, 4].reduce((z) => tanh(matmul(z, w)), x);
      const square = matmul(y.permute(), y);
      return square.mul(square).sum();
    };
    const partsOf = (samples: number, units: number, blocks: number): Shape[] => {
      const args = [zeros([samples, units]), zeros([units, units])] as const;
      const program = schedule(optimise(trace(f)(...args)));
      const cache = bytesOf(samples, units) / blocks;
      const banded = band(program, { cache, fewest: 8 });
      expect(banded.bands?.[0]?.blocks).toBe(blocks);
      return banded.buffers.slice(program.buffers.length).map(({ shape }) => shape);
    };
    expect(partsOf(1024, 32, 8)).toEqual([[8, 32, 32]]);
    expect(partsOf(1024, 32, 16)).toEqual([]);
  });
  test("not where reading the weights again for each block takes more than a quarter of what it saves", () => {
    const bytes = bytesOf(4096, 64);
    const weights = 64 * 64 * 8;
    expect(64 * weights).toBeLessThan(bytes / 4);
    expect(blocksOf(4096, 64, bytes / 64)).toEqual([64]);
    expect(128 * weights).toBeGreaterThan(bytes / 4);
    expect(blocksOf(4096, 64, bytes / 128)).toEqual([]);
  });
});

// Layers and what disturbs them: each step takes a [samples, width] array and gives another one.
const width = 3;
const disturbances: Readonly<Record<string, (y: Tensor, x: Tensor, w: Tensor) => Tensor>> = {
  layer: (y, _, w) => tanh(matmul(y, w)),
  "the transpose": (y, _, w) => matmul(y, w.permute()),
  residual: (y, x) => y.add(x).mul(0.5),
  "a sum over the samples": (y) => y.sub(y.mean(0)),
  "the largest of the samples": (y) => y.sub(y.max(0).mul(0.5)),
  "a sum of products over the samples": (y) => matmul(y, matmul(y.permute(), y)).mul(0.1),
  "a sum over other samples": (y) => y.sub(y.slice([1]).mean(0)),
  "a sum over every second one": (y) => y.sub(y.reshape([-1, 2, width]).sum(0).mean(0).mul(0.1)),
  "a sum within each": (y) => y.mul(y.sum(1, { keepDims: true })),
  "samples reversed": (y) => y.flip(0),
  "samples rotated": (y) => concat([y.slice([2]), y.slice([0], [2])]),
  "other samples": (y) => matmul(matmul(y, y.permute()), y).mul(0.1),
  "halves swapped": (y) => y.reshape([2, -1, width]).flip(0).reshape([-1, width]),
  "merged axes": (y) => y.reshape([-1]).mul(2).reshape([-1, width]),
  "running sums": (y) => cumsum(y, 0).mul(0.1),
};
const steps = fc.array(fc.constantFrom(...Object.keys(disturbances)), {
  minLength: 2,
  maxLength: 7,
});

test("whatever happens between layers, the numbers are the same", () => {
  let count = 0;
  fc.assert(
    fc.property(steps, fc.constantFrom(4, 6), fc.boolean(), (names, samples, isGradient) => {
      const x = random.normal(random.key(samples), [samples, width]);
      const w = random.normal(random.key(7), [width, width]);
      const f = (z: Tensor, v: Tensor): Tensor =>
        names.reduce((y, name) => disturbances[name]!(y, z, v), tanh(matmul(z, v)));
      const g = isGradient ? grad((z: Tensor, v: Tensor) => f(z, v).sum()) : f;
      const program = schedule(optimise(trace(g as typeof f)(x, w)));
      const same = expectSame(program, smallest, [x, w]);
      count += same.bands;
      expectClose(same);
    }),
    { seed: 1, numRuns: 300 },
  );
  expect(count).toBeGreaterThan(200);
}, 60_000);

test("random programs give the same bits", () => {
  holdsForPrograms(
    anyPrograms,
    (given) => {
      const inputs = inputsOf(given);
      const program = schedule(optimise(trace(functionOf(given))(...inputs)));
      expectSame(program, smallest, inputs);
    },
    0.25,
  );
}, 60_000);

test("wrong options are refused: no block has less than a sample", () => {
  const program = schedule(optimise(trace((x: Tensor) => matmul(x, x))(zeros([4, 4]))));
  for (const fewest of [0, -1, Number.NaN])
    expect(() => band(program, { cache: 0, fewest })).toThrow(`samples ≥ 1, got ${fewest}`);
  expect(() => band(program, { cache: Number.NaN })).toThrow("bytes ≥ 0, got NaN");
});

describe("kernels stay apart", () => {
  const bandsOf = (f: (x: Tensor, w: Tensor) => unknown) => {
    const args = [zeros([8, 4]).add(1), zeros([4, 4]).add(0.5)] as const;
    const program = schedule(optimise(trace(f)(...args)));
    expectSame(program, smallest, args);
    const banded = band(program, { ...smallest, parts: false });
    return banded.bands?.map(({ kernels }) => kernels) ?? [];
  };

  test("one after the other, layers are a band", () => {
    expect(bandsOf((x, w) => tanh(matmul(tanh(matmul(tanh(x), w)), w)))).toEqual([3]);
  });
  test("a sum over the samples parts what comes before from what needs it", () => {
    const layers = (x: Tensor, w: Tensor) => tanh(matmul(tanh(matmul(tanh(x), w)), w));
    expect(
      bandsOf((x, w) => {
        const y = layers(x, w);
        return layers(y.sub(y.mean(0)), w);
      }),
    ).toEqual([3, 3]);
  });
  test("parts of an outer axis go along with the whole", () => {
    const three = tensor([1, 2, 3]).reshape([3, 1, 1]);
    expect(
      bandsOf((x, w) => {
        const y = tanh(matmul(x.mul(three), w));
        return tanh(matmul(y.slice([1], [2]).add(y.slice([2], [3])), w));
      }),
    ).toEqual([4]);
  });
  test("a loop does not take the memory of what its band still reads", () => {
    expect(
      bandsOf((x, w) => {
        const t = cumsum(x, 0);
        const u = exp(t);
        return [matmul(u, w).add(matmul(t, w)), cumsum(u, 0)];
      }),
    ).toEqual([3]);
  });
  test("sums over other samples than a block's own are not taken in parts", () => {
    const three = tensor([1, 2, 3]).reshape([3, 1, 1]);
    const partsOf = (f: (x: Tensor, y: Tensor, all: Tensor) => Tensor): number => {
      const layers = (x: Tensor, w: Tensor) => {
        const y = tanh(matmul(x, w));
        const all = tanh(matmul(x.mul(three), w));
        const z = matmul(y, w);
        return [f(z, y, all), z, tanh(all)];
      };
      const x = random.normal(random.key(1), [8, 4]);
      const args = [x, random.normal(random.key(2), [4, 4])] as const;
      const program = schedule(optimise(trace(layers)(...args)));
      const same = expectSame(program, smallest, args);
      expectClose(same);
      return band(program, smallest).buffers.length - program.buffers.length;
    };
    const shifted = (all: Tensor) => all.reshape([24, 4]).slice([2], [10]);
    expect(partsOf((z, y) => matmul(y.permute(), z))).toBe(1);
    expect(partsOf((_, __, all) => all.sum([0, 1]))).toBe(1);
    expect(partsOf((_, y) => y.slice([0], [1]).sum())).toBe(0);
    expect(partsOf((_, __, all) => shifted(all).sum(0))).toBe(0);
    expect(partsOf((_, y, all) => matmul(y.permute(), shifted(all)))).toBe(0);
    expect(partsOf((_, __, all) => matmul(all.permute([0, 2, 1]), all))).toBe(0);
    expect(partsOf((z, y) => matmul(y.permute(), matmul(z, y.permute()).permute()))).toBe(0);
  });
  test("other samples than one's own are out of step", () => {
    expect(bandsOf((x, w) => matmul(tanh(matmul(x, w)).slice([4]), w))).toEqual([]);
    expect(bandsOf((x, w) => matmul(tanh(matmul(x, w)).flip(0), w))).toEqual([]);
  });
});

describe("a view is in step with the samples", () => {
  const viewOf = (shape: Shape, offset: number, strides: readonly number[]): View => ({
    buffer: { id: 0, dtype: "f64", shape, role: "temporary" },
    offset,
    strides,
  });
  const whole = { axis: 0, samples: 6, inner: 1 };

  test.each<[string, Shape, number, number[], number[], typeof whole, number, boolean]>([
    ["when it walks along their axis", [6, 3], 0, [3, 1], [6, 3], whole, 0, true],
    ["in whatever order within a sample", [6, 3], 0, [3, 1], [6, 2], whole, 0, true],
    ["in an inner axis, too", [2, 6, 3], 0, [3, 18, 1], [6, 2, 3], whole, 1, true],
    ["in one part of an outer axis", [2, 6, 3], 18, [3, 1], [6, 3], whole, 1, true],
    ["merged with its elements", [6, 3], 0, [1], [18], { ...whole, inner: 3 }, 0, true],
    ["merged with an outer axis", [2, 6, 3], 0, [3, 1], [12, 3], whole, 1, true],
    ["not when it begins at another sample", [6, 3], 3, [3, 1], [5, 3], whole, 0, false],
    ["not when it skips samples", [6, 3], 0, [6, 1], [3, 3], whole, 0, false],
    ["not when it takes all samples for each", [6, 3], 0, [0, 3, 1], [6, 6, 3], whole, 0, false],
    ["not when it reaches into the next", [6, 3], 0, [3, 3, 1], [6, 2, 3], whole, 0, false],
    ["not when it ends in the next", [6, 3], 2, [3, 1], [6, 2], whole, 0, false],
    ["not when it walks backwards", [6, 3], 2, [3, -1], [6, 3], whole, 0, false],
    ["not when it is merged otherwise", [6, 3], 0, [1], [12], { ...whole, inner: 2 }, 0, false],
    ["not along another axis", [6, 6], 0, [1, 6], [6, 6], whole, 0, false],
  ])("%s", (_, shape, offset, strides, lengths, slice, along, holds) => {
    expect(isInStep({ view: viewOf(shape, offset, strides), lengths }, slice, along)).toBe(holds);
  });
});
