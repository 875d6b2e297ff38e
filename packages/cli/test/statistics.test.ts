/** What sample says of its own agreement with the data. */
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { agreement, momentsOf } from "../src/sample/statistics.ts";

/** A column whose standard deviation is made by a twentieth of its rows. */
const heavy: number[] = Array.from({ length: 400 }, (_, i) =>
  i % 20 === 0 ? 10 + i / 40 : i / 400,
);

function drawn(key: Tensor, count: number): Tensor {
  const places = random.uniform(key, [count]).data;
  return tensor(Array.from(places, (u) => [heavy[Math.floor(Number(u) * 400)] ?? 0]));
}

test("the ratio's standard error is the spread of the ratios of random rows of the data", () => {
  const data = momentsOf(tensor(heavy.map((x) => [x])));
  const count = 2000;
  const results = Array.from({ length: 300 }, (_, k) =>
    agreement(momentsOf(drawn(random.foldIn(random.key(5), k), count)), data, count),
  );
  const ratios = results.map(({ stdRatio }) => stdRatio[0] ?? 0);
  const mean = ratios.reduce((a, b) => a + b) / ratios.length;
  const spread = Math.sqrt(ratios.reduce((a, r) => a + (r - mean) ** 2, 0) / ratios.length);
  // The spread of 300 values is known to a twelfth at two standard errors.
  expect(spread / (results[0]?.stdRatioError[0] ?? 0)).toBeCloseTo(1, 0.8);
  expect(Math.abs(spread / (results[0]?.stdRatioError[0] ?? 0) - 1)).toBeLessThan(0.1);
});
