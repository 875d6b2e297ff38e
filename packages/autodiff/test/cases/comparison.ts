// Cases of comparisons, choices and shifts.
import { equal, less, lessEqual, notEqual, shiftRight, where } from "@cotangent/autodiff";
import { type Case, reshaped, vector } from "../support/case.ts";
import { broadcastAt, broadcastShape, build } from "../support/plain.ts";
import { sample } from "../support/sample.ts";
import { anywhere, binary, on, ties } from "./pairs.ts";

const bool = (holds: boolean) => Number(holds);
const words = reshaped([0, 1, 0x80000000, 0xffffffff], [2, 2], "u32");

export const comparisonCases = {
  less: binary(less, (x, y) => bool(x < y), anywhere, ties),
  lessEqual: binary(lessEqual, (x, y) => bool(x <= y), anywhere, ties),
  equal: binary(equal, (x, y) => bool(x === y), anywhere, ties),
  notEqual: binary(notEqual, (x, y) => bool(x !== y), anywhere, ties),
  shiftRight: [
    on("words", shiftRight, (x, y) => Math.floor(x / 2 ** y), [words, vector([1, 31], "u32")], {}),
    on("by nothing", shiftRight, (x) => x, [words, reshaped([0], [], "u32")], {}),
  ],
  where: (
    [
      ["vectors", [4], [4], [4]],
      ["a column, a row and a scalar", [2, 1], [3], []],
      ["a scalar condition", [], [2, 3], [2, 3]],
      ["size 0", [0], [0], [1]],
    ] as const
  ).map(
    ([name, c, x, y], i): Case => ({
      name,
      run: where as Case["run"],
      inputs: [less(sample(c, i), 0), sample(x, 10 + i), sample(y, 20 + i)],
      expected: (condition, a, b) =>
        build(broadcastShape(condition.shape, broadcastShape(a.shape, b.shape)), (...index) =>
          broadcastAt(broadcastAt(condition, index) === 1 ? a : b, index),
        ),
      smooth: true,
    }),
  ),
};
