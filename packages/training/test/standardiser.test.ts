import {
  grad,
  matmul,
  mean,
  permute,
  random,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import { gaussianMixture, Standardiser } from "@cotangent/training";
import fc from "fast-check";
import { expect, test } from "vitest";
import { symmetricEigen } from "../src/symmetric-eigen.ts";

/** 500 correlated rows whose columns have very different units and offsets. */
const data = matmul(
  random.normal(random.key(1), [500, 3]),
  tensor([
    [1, 200, 0],
    [0, 50, 1e-4],
    [0, 0, 1e-4],
  ]),
).add(tensor([[10, -1000, 1]]));

const largest = (x: Tensor) => Math.max(...[...x.data].map(Math.abs));
const covariance = (x: Tensor) => {
  const centred = sub(x, mean(x, 0, { keepDims: true }));
  return matmul(permute(centred), centred).div(x.shape[0] as number);
};

test("scaling makes every column's mean 0 and variance 1", () => {
  const z = Standardiser.fit(data).forward(data);
  expect(largest(mean(z, 0))).toBeLessThan(1e-10);
  const c = covariance(z).toArray() as number[][];
  for (let j = 0; j < 3; j += 1) expect(c[j]?.[j]).toBeCloseTo(1, 10);
});

test("whitening makes the covariance the identity, whatever the columns' units", () => {
  const z = Standardiser.fit(data, { method: "pca" }).forward(data);
  expect(largest(mean(z, 0))).toBeLessThan(1e-9);
  expect(
    largest(
      sub(
        covariance(z),
        tensor([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      ),
    ),
  ).toBeLessThan(1e-9);
});

test.each(["scale", "pca"] as const)("the inverse of %s undoes it", (method) => {
  const standardiser = Standardiser.fit(data, { method });
  const back = standardiser.inverse(standardiser.forward(data));
  const relative = sub(back, data).div(tensor([[1, 200, 1e-4]]));
  expect(largest(relative)).toBeLessThan(1e-9);
});

test.each(["scale", "pca"] as const)(
  "a standardiser of method %s goes through JSON bit for bit",
  (method) => {
    const one = Standardiser.fit(data, { method, columns: ["a", "b", "c"] });
    const two = Standardiser.fromJSON(JSON.parse(JSON.stringify(one)));
    expect(two.forward(data).toArray()).toEqual(one.forward(data).toArray());
    expect(two.columns).toEqual(["a", "b", "c"]);
    expect(two.notes).toEqual(one.notes);
  },
);

test("a score found in standardised units is the data's score after scoreInDataUnits", () => {
  // p(x) = p(z) |det F|, so ∇ₓ log p = ∇_z log p Fᵀ; the engine differentiates log p(z(x)) itself.
  const mixture = gaussianMixture({
    means: [
      [-1, 0, 1],
      [1, 1, 0],
    ],
    std: 1,
  });
  const standardiser = Standardiser.fit(data, { method: "pca" });
  const x = data.slice([0, 0], [5, 3]);
  const expected = grad((x: Tensor) => sum(mixture.logDensity(standardiser.forward(x))))(x);
  const got = standardiser.scoreInDataUnits(mixture.score(standardiser.forward(x)));
  const relative = sub(got, expected).mul(tensor([[1, 200, 1e-4]]));
  expect(largest(relative)).toBeLessThan(1e-9);
});

test("directions with almost no variance are floored, named, and still inverted", () => {
  const a = random.normal(random.key(2), [300, 1]);
  const b = random.normal(random.key(3), [300, 1]);
  const almost = random.normal(random.key(4), [300, 1]).mul(1e-4);
  const rows = [a, b, a.add(b).add(almost)].map((x) => x.toArray() as number[][]);
  const dependent = tensor(
    rows[0]?.map((_, i) => rows.map((r) => r[i]?.[0] as number)) as number[][],
  );
  const standardiser = Standardiser.fit(dependent, { method: "pca", columns: ["a", "b", "a + b"] });
  expect(standardiser.notes).toHaveLength(1);
  expect(standardiser.notes[0]).toMatch(/a \+ b.* almost linearly dependent/);
  const z = standardiser.forward(dependent);
  // Its variance after whitening is λ/floor, (10⁻⁴)²/4 over 10⁻⁶ along (1, 1, −√2)/2, not 1.
  const variances = covariance(z).toArray() as number[][];
  expect(variances[1]?.[1]).toBeCloseTo(1, 9);
  expect(variances[2]?.[2]).toBeCloseTo(2.5e-3, 3);
  expect(largest(sub(standardiser.inverse(z), dependent))).toBeLessThan(1e-9);
  expect(Standardiser.fit(data, { method: "pca" }).notes).toEqual([]);
});

test("the floor holds for whitened normal scores too", () => {
  const floored = (floor: number) => Standardiser.fit(data, { method: "quantile", floor });
  expect(floored(1e-6).notes).toEqual([]);
  expect(floored(10).notes).toHaveLength(data.shape[1]!);
});

test("a standardiser keeps the dtype of what it is given", () => {
  const single = data.astype("f32");
  const standardiser = Standardiser.fit(data, { method: "pca" });
  expect(standardiser.forward(single).dtype).toBe("f32");
  expect(standardiser.inverse(single).dtype).toBe("f32");
});

test("data that cannot be standardised is refused by the column's name", () => {
  const fit = (rows: number[][]) => () =>
    Standardiser.fit(tensor(rows), { columns: ["age", "dose"] });
  expect(
    fit([
      [1, 0.1],
      [2, 0.1],
      [3, 0.1],
    ]),
  ).toThrow("Standardiser.fit: dose: expected values that vary, got 0.1 in every row");
  expect(fit([[1, 2]])).toThrow("at least 2 rows, got [1,2]");
  expect(
    fit([
      [1, 2],
      [3, Number.NaN],
    ]),
  ).toThrow("dose: expected finite values");
  expect(fit([[1], [3]])).toThrow("expected 1 column names, got 2");
  expect(() => Standardiser.fromJSON({ method: "pca" }, "run/run.json")).toThrow(
    "run/run.json: expected a standardiser",
  );
  expect(() => Standardiser.fit(data).forward(tensor([[1, 2]]))).toThrow(
    "Standardiser.forward: expected [rows, 3], the columns column 1, column 2, column 3, got [1,2]",
  );
});

const symmetric = fc.integer({ min: 1, max: 6 }).chain((d) =>
  fc
    .array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: d, maxLength: d }), {
      minLength: d,
      maxLength: d,
    })
    .map((a) => a.map((row, i) => row.map((x, j) => (x + (a[j]?.[i] as number)) / 2))),
);

test("A = V diag(λ) Vᵀ with V orthogonal and λ falling, for any symmetric A", () => {
  fc.assert(
    fc.property(symmetric, (a) => {
      const { values, vectors } = symmetricEigen(a);
      const v = tensor(vectors as number[][]);
      const rebuilt = matmul(v.mul(tensor([values as number[]])), permute(v));
      expect(largest(sub(rebuilt, tensor(a)))).toBeLessThan(1e-11);
      const identity = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
      expect(largest(sub(matmul(permute(v), v), tensor(identity)))).toBeLessThan(1e-13);
      expect(values).toEqual([...values].sort((x, y) => y - x));
    }),
  );
});

test("eigenvalues of the second-difference matrix are 2 − 2cos(πk/(d + 1))", () => {
  const d = 20;
  const a = Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
  );
  symmetricEigen(a).values.forEach((λ, i) => {
    expect(λ).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (d - i)) / (d + 1)), 13);
  });
});

test("small eigenvalues of graded matrices are accurate relative to themselves", () => {
  // [[1, ε], [ε, 2ε²]] has λ₂ = ε²(1 + O(ε²)), far below the rounding of its largest entry.
  for (const ε of [1e-8, 1e-17]) {
    const [, λ = 0] = symmetricEigen([
      [1, ε],
      [ε, 2 * ε * ε],
    ]).values;
    expect(λ / (ε * ε)).toBeCloseTo(1, 9);
  }
});

test("the identity leaves values as they are, both ways, and survives JSON", () => {
  const rows = tensor([
    [1, -2],
    [3e5, 0.25],
  ]);
  const identity = Standardiser.fromJSON(
    JSON.parse(JSON.stringify(Standardiser.identity(["a", "b"]))),
  );
  expect(identity.forward(rows).toArray()).toEqual(rows.toArray());
  expect(identity.inverse(rows).toArray()).toEqual(rows.toArray());
});
