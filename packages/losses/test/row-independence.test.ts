// Scores that mix the rows of a batch are detected.
import { random, type Tensor } from "@cotangent/autodiff";
import { checkRowsIndependent, conditionalMlp, mlp, type Score } from "@cotangent/losses";
import { expect, test } from "vitest";

const batchNorm = (x: Tensor): Tensor => x.sub(x.mean(0)).div(x.variance(0).add(1e-5).sqrt());
const x = random.normal(random.key(1), [16, 3]);

test("a perceptron passes, in f64 and f32", () => {
  const model = mlp({ sizes: [3, 8, 3] });
  for (const dtype of ["f64", "f32"] as const) {
    const params = model.init(random.key(2), { dtype });
    const found = checkRowsIndependent(model.score, params, x.astype(dtype));
    expect(found).toEqual({ independent: true, change: expect.any(Number) });
    expect(found.change).toBeLessThan(1e-6);
  }
});

test("a noise-conditional score passes at given levels", () => {
  const model = conditionalMlp({ sizes: [3, 8, 3] });
  const sigma = random.uniform(random.key(3), [16]).add(0.1);
  expect(
    checkRowsIndependent(model.score, model.init(random.key(4)), x, { sigma }).independent,
  ).toBe(true);
});

test.each<[string, Score]>([
  ["batch normalisation", (_, z) => batchNorm(z)],
  ["a batch mean", (_, z) => z.sub(z.mean(0)).neg()],
  ["attention across rows", (_, z) => z.matmul(z.permute()).softmax(-1).matmul(z)],
  ["rows sorted", (_, z) => z.sort(0)],
  ["one row passed to the next", (_, z) => z.flip(0)],
])("%s is detected, and the warning says what is wrong", (_, score) => {
  const found = checkRowsIndependent(score, [], x);
  expect(found.independent).toBe(false);
  expect(found.warning).toMatch(/depend on each other.*batch normalisation.*layer normalisation/);
});

test("layer normalisation, within a row, passes", () => {
  const score: Score = (_, z) => z.sub(z.mean(-1, { keepDims: true }));
  expect(checkRowsIndependent(score, [], x).independent).toBe(true);
});

test("a single row has nothing to mix", () => {
  expect(
    checkRowsIndependent((_, z) => batchNorm(z), [], x.slice([0, 0], [1, 3])).independent,
  ).toBe(true);
});

test("a score of NaN is an error that names the check", () => {
  expect(() => checkRowsIndependent((_, z) => z.mul(Number.NaN), [], x)).toThrow(
    /checkRowsIndependent: expected finite scores/,
  );
});
