// The linear score s = b − Ax on random batches: every objective has closed-form gradients.
//
//   implicit ∂A = A S₂ − b mᵀ − I;  sliced ∂A = −⟨vvᵀ + (v·s) v xᵀ⟩;  denoising ∂A = −⟨r x̃ᵀ⟩
//
// The oracle is plain arithmetic on JavaScript arrays.
import { grad, mean, random, type Tensor } from "@cotangent/autodiff";
import {
  type Draws,
  denoising,
  gaussian,
  implicit,
  type Objective,
  sliced,
} from "@cotangent/losses";
import fc from "fast-check";
import { test } from "vitest";
import { expectClose } from "./support/close.ts";
import { type LinearParams, linearScore } from "./support/linear-score.ts";

interface Problem {
  readonly params: LinearParams;
  readonly x: Tensor;
  readonly d: number;
  readonly batch: number;
}

const problems = fc
  .record({
    d: fc.integer({ min: 1, max: 5 }),
    batch: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(),
  })
  .map(({ d, batch, seed }): Problem => {
    const key = random.key(seed);
    const normal = (i: number, shape: readonly number[]) =>
      random.normal(random.foldIn(key, i), shape);
    return {
      d,
      batch,
      params: { A: normal(0, [d, d]), b: normal(1, [d]) },
      x: normal(2, [batch, d]),
    };
  });

/** Element readers of the problem, in plain numbers. */
function plain({ params, x, d }: Problem) {
  const [A, b, X] = [params.A.data, params.b.data, x.data];
  const at = (array: ArrayLike<number>, i: number): number => array[i] ?? Number.NaN;
  const sum = (f: (i: number) => number): number => {
    let total = 0;
    for (let i = 0; i < d; i++) total += f(i);
    return total;
  };
  const X_ = (n: number, j: number): number => at(X, n * d + j);
  const scoreAt = (z: (j: number) => number, i: number): number =>
    at(b, i) - sum((j) => at(A, i * d + j) * z(j));
  return { sum, x: X_, scoreAt };
}

/** Checks ∂A and ∂b against ⟨f_ij⟩ and ⟨f_i⟩, means over the batch of per-sample formulas. */
function expectGradients(
  problem: Problem,
  objective: Objective<LinearParams>,
  draws: Draws,
  gradA: (n: number, i: number, j: number) => number,
  gradB: (n: number, i: number) => number,
): void {
  const { params, x, d, batch } = problem;
  const gradient = grad((p: LinearParams) => mean(objective.perSample(p, x, draws)))(params);
  const average = (f: (n: number) => number): number =>
    Array.from({ length: batch }, (_, n) => f(n)).reduce((a, b) => a + b, 0) / batch;
  const axes = Array.from({ length: d }, (_, i) => i);
  expectClose(
    gradient.A,
    axes.map((i) => axes.map((j) => average((n) => gradA(n, i, j)))),
    1e-10,
  );
  expectClose(
    gradient.b,
    axes.map((i) => average((n) => gradB(n, i))),
    1e-10,
  );
}

test("implicit: ∂A = A S₂ − b mᵀ − I and ∂b = b − A m", () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const { x, scoreAt } = plain(problem);
      const s = (n: number, i: number) => scoreAt((j) => x(n, j), i);
      for (const useContraction of [true, false])
        expectGradients(
          problem,
          implicit(linearScore, { useContraction }),
          {},
          (n, i, j) => -s(n, i) * x(n, j) - Number(i === j),
          s,
        );
    }),
    { numRuns: 25 },
  );
});

test("sliced: ∂A = −⟨vvᵀ + (v·s) v xᵀ⟩ and ∂b = ⟨(v·s) v⟩; reduced: implicit with I replaced by ⟨vvᵀ⟩", () => {
  fc.assert(
    fc.property(problems, fc.integer({ min: 1, max: 3 }), fc.nat(), (problem, slices, seed) => {
      const { batch, d } = problem;
      const { sum, x, scoreAt } = plain(problem);
      const draws = { v: random.normal(random.key(seed), [slices, batch, d]) };
      const v = (m: number, n: number, i: number) =>
        draws.v.data[(m * batch + n) * d + i] ?? Number.NaN;
      const overSlices = (f: (m: number) => number) =>
        Array.from({ length: slices }, (_, m) => f(m)).reduce((a, b) => a + b, 0) / slices;
      const s = (n: number, i: number) => scoreAt((j) => x(n, j), i);
      const vs = (m: number, n: number) => sum((i) => v(m, n, i) * s(n, i));
      expectGradients(
        problem,
        sliced(linearScore, { projections: slices }),
        draws,
        (n, i, j) => overSlices((m) => -v(m, n, i) * v(m, n, j) - vs(m, n) * v(m, n, i) * x(n, j)),
        (n, i) => overSlices((m) => vs(m, n) * v(m, n, i)),
      );
      expectGradients(
        problem,
        sliced(linearScore, { projections: slices, reduced: true }),
        draws,
        (n, i, j) => overSlices((m) => -v(m, n, i) * v(m, n, j)) - s(n, i) * x(n, j),
        s,
      );
    }),
    { numRuns: 25 },
  );
});

test("denoising: ∂A = −⟨r x̃ᵀ⟩ and ∂b = ⟨r⟩ with r = s(x̃) + ε/σ", () => {
  fc.assert(
    fc.property(problems, fc.double({ min: 0.05, max: 3, noNaN: true }), (problem, sigma) => {
      const { x, scoreAt } = plain(problem);
      const objective = denoising(linearScore, { noise: gaussian(sigma) });
      const draws = objective.draw(random.key(5), problem.x);
      const delta = (n: number, i: number) => draws.delta?.data[n * problem.d + i] ?? Number.NaN;
      const noisy = (n: number, i: number) => x(n, i) + delta(n, i);
      const r = (n: number, i: number) => scoreAt((j) => noisy(n, j), i) + delta(n, i) / sigma ** 2;
      expectGradients(problem, objective, draws, (n, i, j) => -r(n, i) * noisy(n, j), r);
    }),
    { numRuns: 25 },
  );
});
