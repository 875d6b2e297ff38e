// Plain functions whose values are rougher than rounding: nothing is called wrong, and what is wrong is found.
import { checkGrads } from "@cotangent/gradcheck";
import { expect, test } from "vitest";
import { Draws } from "../src/draws.ts";
import { noiseOf } from "../src/rounding.ts";
import type { Subject } from "../src/subject.ts";
import { failing } from "./reading.ts";

const rounded = (decimals: number, slope: (x: number) => number) => ({
  value: (x: number) => Number(Math.sin(x).toFixed(decimals)),
  gradient: slope,
});
const points = [0.5, 0.7, 0.78, 1.1, 2, 30];

test.each([3, 4, 5, 6, 7])(
  "a right gradient of values with %d decimals is inconclusive",
  (decimals) => {
    for (const x of points) {
      const report = checkGrads(rounded(decimals, Math.cos), [x]);
      expect([x, report.status, failing(report)]).toEqual([x, "inconclusive", []]);
    }
  },
);

test.each([5, 6, 7])("one that is twice too large fails, with %d decimals", (decimals) => {
  for (const x of points)
    expect(
      checkGrads(
        rounded(decimals, (at) => 2 * Math.cos(at)),
        [x],
      ).status,
    ).toBe("fail");
});

test("the noise of a staircase is about its step, whatever the directions", () => {
  const { value } = rounded(6, Math.cos);
  const subject = {
    point: Float64Array.of(0.7),
    roundoff: 2 ** -53,
    value: (x: Float64Array) => Float64Array.of(value(x[0]!)),
  } as unknown as Subject;
  for (let stream = 0; stream < 200; stream++) {
    const [noise] = noiseOf(subject, new Draws(0, stream));
    expect(noise).toBeGreaterThan(5e-8);
    expect(noise).toBeLessThan(3e-6);
  }
});
