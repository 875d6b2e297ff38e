import { type Tensor, tensor, trace, zeros } from "@cotangent/autodiff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schedule } from "../src/index.ts";
import { runProgram } from "../src/reference/index.ts";
import {
  type Access,
  type Layout,
  rowMajor,
  Split,
  Stuck,
  splitAccess,
  splitExtents,
  through,
} from "../src/schedule/access.ts";

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The index of element n of a shape. */
const indexOf = (shape: readonly number[], n: number): number[] =>
  shape.reduceRight<number[]>((index, length) => {
    index.unshift(n % length);
    n = Math.floor(n / length);
    return index;
  }, []);
const dot = (weights: readonly number[], index: readonly number[]) =>
  weights.reduce((sum, w, k) => sum + w * index[k]!, 0);
/** Where each element of an iteration space lies. */
const positions = ({ offset, strides }: Access, extents: readonly number[]) =>
  Array.from({ length: sizeOf(extents) }, (_, n) => offset + dot(strides, indexOf(extents, n)));

/** Splits axes until the layout can be read; null when it cannot. */
function resolve(access: Access, extents: readonly number[], layout: Layout): number[] | null {
  try {
    return positions(through(access, extents, layout), extents);
  } catch (error) {
    if (error instanceof Stuck) return null;
    if (!(error instanceof Split)) throw error;
    return resolve(splitAccess(access, error), splitExtents(extents, error), layout);
  }
}

/** A part of an array, by start, step and length on each axis. */
const part = (shape: readonly number[]) =>
  fc.tuple(
    ...shape.map((length) =>
      fc.tuple(fc.nat(length - 1), fc.constantFrom(1, 2, -1), fc.integer({ min: 1, max: length })),
    ),
  );

const lengths = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });

test("an access through a layout finds the elements that the layout names, or says that it cannot", () => {
  let found = 0;
  const given = lengths.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      weights: fc.tuple(...shape.map(() => fc.integer({ min: -9, max: 9 }))),
      constant: fc.nat(5),
      flat: fc.boolean(),
      stride: fc.integer({ min: 1, max: 4 }),
      cuts: part(shape),
    }),
  );
  const law = ({
    shape,
    weights,
    constant,
    flat,
    stride,
    cuts,
  }: {
    shape: number[];
    weights: number[];
    constant: number;
    flat: boolean;
    stride: number;
    cuts: [number, number, number][];
  }) => {
    // A part of the array, or a run of its elements in row-major order.
    const own = rowMajor(shape).strides;
    const [first] = cuts[0]!;
    const total = sizeOf(shape);
    const access: Access = flat
      ? { offset: first, strides: [stride] }
      : {
          offset: dot(
            own,
            cuts.map(([start]) => start),
          ),
          strides: own.map((stride, k) => stride * cuts[k]![1]),
        };
    const fits = (start: number, by: number, length: number, count: number) => {
      const most = by > 0 ? Math.floor((length - 1 - start) / by) + 1 : start + 1;
      return Math.max(1, Math.min(count, most));
    };
    const extents = flat
      ? [fits(first, stride, total, total)]
      : cuts.map(([start, by, count], k) => fits(start, by, shape[k]!, count));
    const got = resolve(access, extents, { shape, weights, constant });
    if (got === null) return;
    found++;
    expect(got).toEqual(
      positions(access, extents).map((at) => constant + dot(weights, indexOf(shape, at))),
    );
  };
  fc.assert(fc.property(given as fc.Arbitrary<Parameters<typeof law>[0]>, law), {
    numRuns: 3000,
    seed: 20261122,
  });
  expect(found).toBeGreaterThan(1500);
});

describe("what strides can say is read in place, what they cannot is moved once", () => {
  const kernels = (f: (x: Tensor) => Tensor) => {
    const x = tensor(
      Array.from({ length: 24 }, (_, i) => i),
      { shape: [4, 6] },
    );
    const program = schedule(trace(f)(x));
    expect(Array.from(runProgram(program, [x])[0]!.data)).toEqual(Array.from(f(x).data));
    return program.kernels.length;
  };
  const inPlace: [string, (x: Tensor) => Tensor][] = [
    ["permute of a reshape", (x) => x.reshape([2, 2, 6]).permute([1, 2, 0]).neg()],
    ["a reshape that splits a permuted axis", (x) => x.permute().reshape([2, 3, 4]).neg()],
    [
      "a flip of a slice of a broadcast",
      (x) => x.expandDims(0).broadcastTo([2, 4, 6]).slice([0, 1], [2, 3]).flip().neg(),
    ],
    ["all of a permuted array, flat", (x) => x.permute().reshape([24]).neg()],
    [
      "every third element, flat",
      (x) => x.reshape([24]).slice([], [], [3]).reshape([2, 4]).permute().neg(),
    ],
    ["a reduction over a middle axis", (x) => x.reshape([2, 2, 6]).sum(1).neg()],
  ];
  test.each(inPlace)("%s: one kernel", (_name, f) => expect(kernels(f)).toBe(1));
  const moved: [string, (x: Tensor) => Tensor][] = [
    [
      "a run of a permuted array that starts within a row",
      (x) => x.permute().reshape([24]).slice([3], [5]).neg(),
    ],
    ["a reshape of a permuted array, permuted", (x) => x.permute().reshape([3, 8]).permute().neg()],
  ];
  test.each(moved)("%s: two", (_name, f) => expect(kernels(f)).toBeLessThanOrEqual(2));
});

test("nothing is asked of an access to an empty array", () => {
  expect(
    through(rowMajor([0, 2]), [0, 2], { shape: [0, 2], weights: [1, 7], constant: 0 }),
  ).toEqual({ offset: 0, strides: [0, 0] });
  expect(zeros([0]).size).toBe(0);
});
