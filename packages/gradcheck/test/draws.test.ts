import { expect, test } from "vitest";
import { Draws } from "../src/draws.ts";

test("directions have both signs, no coordinate near zero and no two alike", () => {
  const v = [...new Draws(3, 1).signed(1000)];
  expect(v.filter((vi) => vi > 0).length).toBeGreaterThan(400);
  expect(v.filter((vi) => vi < 0).length).toBeGreaterThan(400);
  for (const vi of v) expect(Math.abs(Math.abs(vi) - 1)).toBeLessThanOrEqual(0.5);
  expect(new Set(v.map(Math.abs)).size).toBe(1000);
});

test("a seed and a stream decide all draws", () => {
  const draw = (seed: number, stream: number) => [...new Draws(seed, stream).signed(4)];
  expect(draw(1, 2)).toEqual(draw(1, 2));
  expect(draw(1, 2)).not.toEqual(draw(1, 3));
  expect(draw(1, 2)).not.toEqual(draw(2, 2));
});

test("samples are sorted, have no repeats, and are everything where there is no more", () => {
  const some = new Draws(0, 0).sample(100, 10);
  expect(some).toHaveLength(10);
  expect(some).toEqual([...new Set(some)].sort((a, b) => a - b));
  expect(new Draws(0, 0).sample(3, 10)).toEqual([0, 1, 2]);
});
