/**
 * Every claim of the lecture at a fixed seed, within a bound for all comparisons together.
 *
 * A number with a standard error is the mean of R replicates, each a mean over hundreds of draws or
 * more; (measured − predicted)/SE is then Student's t with R − 1 degrees of freedom. With K such numbers
 * and the bound t at which P(|T| > t) = 10⁻⁶/K, the probability that any of them is off by chance is
 * below 10⁻⁶ (Bonferroni; the numbers need not be independent).
 */

import { cpuEngine } from "@cotangent/cpu-kernels";
import { interpreter } from "@cotangent/training";
import { describe, expect, test } from "vitest";
import type { Row } from "../src/lecture/claim.ts";
import { claims } from "../src/lecture/claims/index.ts";
import { claimNames } from "../src/lecture/names.ts";
import { runClaim, usualReplicates } from "../src/lecture/run.ts";
import { agrees, errorsOff } from "../src/lecture/verdict.ts";
import { studentBound, twoSidedTail } from "./lecture-bound.ts";

/** No run has more comparisons than this; checked below. */
const comparisons = 150;
const bound = studentBound(1e-6 / comparisons, usualReplicates - 1);
const engine = cpuEngine();

test("the bound is the one that tables of Student's t give", () => {
  // Two-sided 1% and 0.1% points with 10 and 63 degrees of freedom (R's qt).
  expect(studentBound(0.01, 10)).toBeCloseTo(3.169273, 5);
  expect(studentBound(0.001, 63)).toBeCloseTo(3.451769, 5);
  expect(twoSidedTail(bound, usualReplicates - 1) * comparisons).toBeCloseTo(1e-6, 12);
});

test("the command knows the claims' names, in their order", () => {
  expect(claims.map(({ name }) => name)).toEqual(claimNames);
});

let statistical = 0;
describe.each(claims.map((claim) => [claim.name, claim] as const))("%s", (name, claim) => {
  test(`holds: equalities to their tolerance, estimates within ${bound.toFixed(2)} standard errors`, async () => {
    const { rows, figures, code, skipped } = await runClaim(claim, { claims, engine, seed: 11 });
    if (skipped !== undefined) return;
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(agrees(row, bound), `${name}: ${describeRow(row)}`).toBe(true);
      if (row.standardError > 0) statistical += 1;
    }
    expect(code).toContain("function measure(");
    for (const { svg } of figures) expect(svg).not.toMatch(/="[^"]*\b(NaN|Infinity|undefined)\b/);
  }, 120_000);
});

test("no more numbers are compared than the bound allows for", () => {
  expect(statistical).toBeLessThanOrEqual(comparisons);
});

test("the interpreter and the compiler measure the same", async () => {
  const claim = claims.find(({ name }) => name === "any-score")!;
  const rows = async (of: typeof interpreter) =>
    (await runClaim(claim, { claims, engine: of, seed: 3, replicates: 3 })).rows;
  const [a, b] = [await rows(engine), await rows(interpreter)];
  a.forEach((row, i) => expect(row.measured).toBeCloseTo(b[i]!.measured, 10));
});

function describeRow(row: Row): string {
  const { what, predicted, measured, standardError } = row;
  return `${what}: ${measured} ± ${standardError}, not ${predicted}: off by ${errorsOff(row)} errors`;
}
