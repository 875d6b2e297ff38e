import { arange, random, reshape } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { shuffledBatches } from "../src/batches.ts";

const data = reshape(arange(10), [10, 1]);
const key = random.key(3);
const flat = (step: number, batchSize = 3) =>
  [...shuffledBatches(data, batchSize, key).batchOf(step).data] as number[];

test("an epoch visits each row at most once, in the order permutation(foldIn(key, epoch), N)", () => {
  for (const epoch of [0, 1, 5]) {
    const order = [...random.permutation(random.foldIn(key, epoch), 10).data];
    const visited = [0, 1, 2].flatMap((i) => flat(3 * epoch + i));
    expect(visited).toEqual(order.slice(0, 9));
    expect(new Set(visited).size).toBe(9);
  }
});

test("a batch depends on its step only, whatever was asked for before", () => {
  const batches = shuffledBatches(data, 3, key);
  batches.batchOf(0);
  batches.batchOf(11);
  expect([...batches.batchOf(4).data]).toEqual(flat(4));
});

test("epochs are shuffled differently", () => {
  expect(flat(0, 10)).not.toEqual(flat(1, 10));
  expect(flat(0, 10).toSorted((a, b) => a - b)).toEqual([...data.data]);
});
