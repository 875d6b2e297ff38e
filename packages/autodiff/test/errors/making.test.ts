import {
  arange,
  eye,
  linspace,
  ones,
  random,
  type Tensor,
  tensor,
  tree,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

const key = random.key(0);
const lengths = [/expected a shape/, /whole numbers ≥ 0/];

const tensors: readonly Misuse[] = [
  misuse(
    "ragged rows",
    () => tensor([[1, 2], [3]]),
    "tensor",
    /shape \[1\]/,
    /expected \[2\]/,
    /one length/,
  ),
  misuse(
    "rows of another depth",
    () => tensor([[1, 2], 3]),
    "tensor",
    /shape \[\]/,
    /expected \[2\]/,
  ),
  misuse("a word", () => tensor(["a"] as never), "tensor", /got a/, /expected numbers or booleans/),
  misuse(
    "nothing",
    () => tensor(undefined as never),
    "tensor",
    /got undefined/,
    /expected numbers/,
  ),
  misuse(
    "a hole",
    () => tensor([1, undefined] as never),
    "tensor",
    /got undefined/,
    /expected num/,
  ),
  misuse(
    "a dtype that does not exist",
    () => tensor([1], { dtype: "f16" as never }),
    "tensor",
    /f16/,
    /expected one of .*f64/,
  ),
  misuse(
    "elements that do not fill the shape",
    () => tensor([1, 2], { shape: [3] }),
    "tensor",
    /got 2 elements/,
    /expected the 3 of shape \[3\]/,
  ),
  misuse(
    "a typed array without dtype",
    () => tensor(new BigInt64Array(1) as never),
    "tensor",
    /BigInt64Array/,
    /use Float64Array/,
  ),
  misuse("a negative length of zeros", () => zeros([-1]), "zeros", /got \[-1\]/, ...lengths),
  misuse(
    "a length instead of a shape of ones",
    () => ones(3 as never),
    "ones",
    /got 3/,
    ...lengths,
  ),
  misuse("a negative length of eye", () => eye(-1), "eye", /got \[-1/, ...lengths),
  misuse(
    "a step that never arrives",
    () => arange(0, 1, 0),
    "arange",
    /from 0 to 1 in steps of 0/,
    /expected a finite list/,
  ),
  misuse("a negative count", () => linspace(0, 1, -1), "linspace", /got .*-1/, /expected/),
  misuse(
    "the item of two",
    () => zeros([2]).item(),
    "item",
    /got f64\[2\]/,
    /expected one element/,
    /toArray/,
  ),
];

const keys: readonly Misuse[] = [
  misuse("a negative seed", () => random.key(-1), "random.key", /got -1/, /whole number from 0/),
  misuse("a seed with a fraction", () => random.key(1.5), "random.key", /got 1\.5/, /whole number/),
  misuse(
    "a number for a key",
    () => random.uniform(1 as never, [2]),
    "random.uniform",
    /got 1/,
    /expected a key, u32\[2\]/,
    /random\.key\(seed\)/,
  ),
  misuse(
    "a tensor that is no key",
    () => random.bits(zeros([2]), [2]),
    "random.bits",
    /got f64\[2\]/,
    /expected a key, u32\[2\]/,
  ),
  misuse(
    "whole uniform numbers",
    () => random.uniform(key, [2], { dtype: "i32" as never }),
    "random.uniform",
    /got i32/,
    /expected .*f64 or f32/,
  ),
  misuse(
    "whole normal numbers",
    () => random.normal(key, [2], { dtype: "i32" as never }),
    "random.normal",
    /got i32/,
    /expected .*f64 or f32/,
  ),
  misuse("a split into none", () => random.split(key, 0), "random.split", /got 0/, /from 1/),
  misuse(
    "a negative item",
    () => random.foldIn(key, -1),
    "random.foldIn",
    /got -1/,
    /whole number from 0/,
  ),
  misuse(
    "a negative order",
    () => random.permutation(key, -1),
    "random.permutation",
    /got -1/,
    /whole number from 0/,
  ),
];

const trees: readonly Misuse[] = [
  misuse(
    "a date",
    () => tree.flatten(new Date()),
    "tree",
    /got Date at the root/,
    /expected tensors, numbers, arrays or plain objects/,
  ),
  misuse(
    "null inside",
    () => tree.flatten({ a: [1, null] }),
    "tree",
    /got null at \.a\[1\]/,
    /expected tensors/,
  ),
  misuse(
    "a function inside",
    () => tree.leaves({ a: { b: [1, () => 1] } }),
    "tree",
    /a function at \.a\.b\[1\]/,
    /expected tensors/,
  ),
  misuse("a Map", () => tree.flatten(new Map([["a", 1]])), "tree", /got Map/, /plain objects/),
  misuse(
    "trees that differ",
    () => tree.map((x: Tensor) => x, { a: 1 }, { b: 1 }),
    "tree.map",
    /\{ b: \* \}/,
    /expected \{ a: \* \}/,
    /match leaf by leaf/,
  ),
  misuse(
    "too few leaves",
    () => tree.unflatten([null, null], [1]),
    "tree.unflatten",
    /2 leaves, got 1/,
  ),
  misuse(
    "too many leaves",
    () => tree.unflatten([null, null], [1, 2, 3]),
    "tree.unflatten",
    /2 leaves, got 3/,
  ),
];

testMisuses("making tensors", tensors);
testMisuses("random keys", keys);
testMisuses("trees", trees);

describe("JavaScript's operators on tensors throw instead of giving NaN", () => {
  const x = tensor([1, 2]) as unknown as number;
  const advice =
    /JavaScript's operators do not act on tensors, got f64\[2\].*x\.add\(y\).*x\.item\(\)/;

  test.each([
    ["x * 2", () => x * 2],
    ["x + 2", () => x + 2],
    ["2 - x", () => 2 - x],
    ["x < 2", () => x < 2],
    ["-x", () => -x],
  ])("%s", (_text, run) => {
    expect(run).toThrow(advice);
  });

  test("but a template shows the value", () => {
    expect(`${tensor([1, 2])}`).toBe("Tensor f64[2] [1,2]");
  });
});
