import {
  evaluate,
  random,
  stack,
  type Tensor,
  threefry2x32,
  trace,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { expectSameBits } from "./support/close.ts";

const ones = 0xffffffff;

describe("Threefry-2x32-20 gives the known answers of Random123 (Salmon et al. 2011, kat_vectors)", () => {
  test.each([
    ["zeros", [0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
    ["ones", [ones, ones], [ones, ones], [0x1cb996fc, 0xbb002be7]],
    ["digits of π", [0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
  ] as const)("%s", (_name, [k0, k1], [c0, c1], expected) => {
    expect(threefry2x32(k0, k1, c0, c1)).toEqual([...expected]);
  });
});

describe("random.bits", () => {
  test("begins with the cipher of the counter (0, 0), then of (1, 0), under the key itself", () => {
    const bits = random.bits(random.key(0), [4]).data;
    expect([...bits]).toEqual([...threefry2x32(0, 0, 0, 0), ...threefry2x32(0, 0, 1, 0)]);
  });

  test("of a seed beyond 32 bits uses both words of the key", () => {
    const bits = random.bits(random.key(5 * 2 ** 32 + 7), [2]).data;
    expect([...bits]).toEqual(threefry2x32(7, 5, 0, 0));
  });

  test("of an odd size is the beginning of the next even one", () => {
    const [odd, even] = [3, 4].map((n) => random.bits(random.key(1), [n]).data);
    expect([...(odd ?? [])]).toEqual([...(even ?? [])].slice(0, 3));
  });
});

describe("the same key gives the same bits", () => {
  const key = random.key(42);
  const draws: readonly (readonly [string, (key: Tensor) => Tensor])[] = [
    ["bits", (k) => random.bits(k, [3, 2])],
    ["uniform", (k) => random.uniform(k, [5])],
    ["uniform in f32", (k) => random.uniform(k, [5], { dtype: "f32", low: -1, high: 2 })],
    ["normal", (k) => random.normal(k, [3, 3])],
    ["normal in f32", (k) => random.normal(k, [5], { dtype: "f32" })],
    ["rademacher", (k) => random.rademacher(k, [7])],
    ["split", (k) => stack(random.split(k, 3))],
    ["foldIn", (k) => random.foldIn(k, 12)],
    ["permutation", (k) => random.permutation(k, 9)],
  ];

  test.each(draws)("%s, twice", (_name, draw) => {
    expectSameBits(draw(key), draw(random.key(42)), "again");
  });

  test.each(draws)("%s, under trace", (_name, draw) => {
    expectSameBits(evaluate(trace(draw)(random.key(0)), [key]) as Tensor, draw(key), "traced");
  });

  test.each(draws)("%s, by vmap over keys as by a loop", (_name, draw) => {
    const keys = random.split(key, 4);
    expectSameBits(vmap(draw)(stack(keys)), stack(keys.map(draw)), "mapped");
  });

  test.each(draws)("%s, but another key gives others", (_name, draw) => {
    expect([...draw(key).data]).not.toEqual([...draw(random.key(43)).data]);
  });
});

describe("streams of one key are independent of each other", () => {
  const key = random.key(3);
  const words = (k: Tensor) => [...random.bits(k, [64]).data];

  test("split, foldIn and bits share no word among thousands", () => {
    const keys = [
      key,
      ...random.split(key, 20),
      ...Array.from({ length: 20 }, (_, i) => random.foldIn(key, i)),
    ];
    const all = keys.flatMap(words);
    // Birthday bound: n² / 2³³ ≈ 0.0008 collisions expected of n = 2,624 words.
    expect(new Set(all).size).toBe(all.length);
  });

  test("split keys do not depend on how many are asked for, and differ from folded ones", () => {
    const [a, b] = random.split(key);
    const [first, second, third] = random.split(key, 3);
    expect([a, b].map((k) => [...(k as Tensor).data])).toEqual(
      [first, second].map((k) => [...(k as Tensor).data]),
    );
    expect([...(third as Tensor).data]).not.toEqual([...random.foldIn(key, 2).data]);
  });

  test("foldIn takes a u32 scalar as well as a number, traced or not", () => {
    const step = random.key(77).slice([0], [1]).reshape([]);
    expectSameBits(random.foldIn(key, step), random.foldIn(key, 77), "tensor");
    const graph = trace((at: Tensor) => random.foldIn(key, at))(step);
    expectSameBits(evaluate(graph, [step]) as Tensor, random.foldIn(key, 77), "traced");
  });
});
