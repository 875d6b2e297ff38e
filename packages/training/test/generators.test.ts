import {
  grad,
  mean,
  random,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import { gaussianMixture, generators } from "@cotangent/training";
import { expect, test } from "vitest";

const n = 20_000;
const points = (name: string) => generators[name]?.(random.key(1), n) as Tensor;
const rows = (name: string) => points(name).toArray() as [number, number][];

test.each(Object.keys(generators))(
  "%s: [n, 2] f64, centred, of roughly unit deviation, from its key",
  (name) => {
    const x = points(name);
    expect([x.shape, x.dtype]).toEqual([[n, 2], "f64"]);
    const centre = mean(x, 0);
    const deviation = sqrt(mean(square(sub(x, centre)), 0)).toArray() as number[];
    for (const m of centre.toArray() as number[]) expect(Math.abs(m)).toBeLessThan(0.03);
    for (const s of deviation) expect(Math.abs(s - 1)).toBeLessThan(0.35);
    const few = (seed: number) => generators[name]?.(random.key(seed), 5).toArray();
    expect(few(1)).toEqual(few(1));
    expect(few(1)).not.toEqual(few(2));
    expect(generators[name]?.(random.key(1), 1).shape).toEqual([1, 2]);
  },
);

test("8gaussians has an eighth of its points around each of the eight centres", () => {
  const counts = new Array<number>(8).fill(0);
  for (const [x, y] of rows("8gaussians")) {
    const k = (Math.round(Math.atan2(y, x) / (Math.PI / 4)) + 8) % 8;
    counts[k] = (counts[k] as number) + 1;
  }
  // Binomial: 4 standard deviations of √(n·⅛·⅞) = 47; the tails beyond 22.5° are the same for all.
  for (const count of counts) expect(Math.abs(count - n / 8)).toBeLessThan(190);
});

test("checkerboard lies on the eight cells whose coordinates' floors add up to an even number", () => {
  const cells = new Map<string, number>();
  for (const [x, y] of rows("checkerboard")) {
    const [i, j] = [Math.floor(x), Math.floor(y)];
    expect(Math.abs((i + j) % 2)).toBe(0);
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(2);
    cells.set(`${i},${j}`, (cells.get(`${i},${j}`) ?? 0) + 1);
  }
  expect(cells.size).toBe(8);
  for (const count of cells.values()) expect(Math.abs(count - n / 8)).toBeLessThan(190);
});

test("rings has a quarter of its points at each radius ½, 1, 1½, 2", () => {
  const counts = [0, 0, 0, 0];
  for (const [x, y] of rows("rings")) {
    const k = Math.round(2 * Math.hypot(x, y)) - 1;
    expect(Math.abs(Math.hypot(x, y) - (k + 1) / 2)).toBeLessThan(0.25);
    counts[k] = (counts[k] as number) + 1;
  }
  for (const count of counts) expect(Math.abs(count - n / 4)).toBeLessThan(260);
});

const rootMeanSquare = (x: readonly number[]) =>
  Math.sqrt(x.reduce((sum, y) => sum + y * y, 0) / x.length);

test("spirals and swissroll keep to their curves: the radius is a function of the angle, turn by turn", () => {
  // spirals: r = 2θ/3π along (−cos θ, sin θ), or the opposite; swissroll: r = t/7 along (cos t, sin t).
  const off = (r: number, angle: number, pitch: number) => {
    const turns = r / pitch - angle / (2 * Math.PI);
    return Math.abs(turns - Math.round(turns)) * pitch;
  };
  const far = rows("spirals").filter(([x, y]) => Math.hypot(x, y) > 0.5);
  const misses = far.map(([x, y]) => {
    const arms = [Math.atan2(y, -x), Math.atan2(-y, x)];
    return Math.min(...arms.map((angle) => off(Math.hypot(x, y), angle, 4 / 3)));
  });
  // About the noise's own deviation across the curve: .06 and 1/7.
  expect(rootMeanSquare(misses)).toBeCloseTo(0.06, 2);
  const roll = rows("swissroll").map(([x, y]) => {
    const [a, b] = [x + 2 / 7, y + 2 / (21 * Math.PI)];
    return off(Math.hypot(a, b), Math.atan2(b, a), (2 * Math.PI) / 7);
  });
  expect(rootMeanSquare(roll)).toBeCloseTo(1 / 7, 1);
});

const mixture = gaussianMixture({
  means: [
    [-2.5, -1.5],
    [2.5, -1.5],
    [0, 2.5],
  ],
  weights: [0.5, 0.3, 0.2],
  std: [0.5, 0.7, 1],
});

test("a mixture's score is the gradient of its log density", () => {
  const x = random.normal(random.key(2), [50, 2]).mul(3);
  const expected = grad((x: Tensor) => sum(mixture.logDensity(x)))(x);
  const error = sub(mixture.score(x), expected);
  expect(Math.max(...[...error.data].map(Math.abs))).toBeLessThan(1e-12);
});

test("a mixture's density integrates to one, and so does the perturbed one", () => {
  const h = 0.05;
  const grid = Array.from({ length: 400 }, (_, i) => -10 + h * (i + 0.5));
  const plane = tensor(grid.flatMap((a) => grid.map((b) => [a, b])));
  for (const p of [mixture, mixture.perturbed(0.6)]) {
    expect(sum(p.logDensity(plane).exp()).item() * h * h).toBeCloseTo(1, 8);
  }
});

test("a single component is a Gaussian: score (μ − x)/s², log density −‖x − μ‖²/2s² − d log(s√2π)", () => {
  const p = gaussianMixture({ means: [[1, 2, 3]], std: 2 });
  const x = tensor([[0, 0, 0]]);
  expect(p.score(x).toArray()).toEqual([[0.25, 0.5, 0.75]]);
  expect(p.logDensity(x).item()).toBeCloseTo(
    -14 / 8 - 3 * Math.log(2 * Math.sqrt(2 * Math.PI)),
    13,
  );
  expect(p.sample(random.key(1), 4).shape).toEqual([4, 3]);
});

test("perturbing adds variances", () => {
  expect(mixture.perturbed(1.2).std[0]).toBeCloseTo(1.3, 14);
  expect(mixture.perturbed(0).std).toEqual(mixture.std);
  expect(() => mixture.perturbed(-1)).toThrow("expected σ ≥ 0, got -1");
});

test("samples have the mixture's weights, means and deviations, and zero mean score", () => {
  const x = mixture.sample(random.key(3), n);
  const near = (x.toArray() as [number, number][]).map(([a, b]) => (b > 0.5 ? 2 : a < 0 ? 0 : 1));
  [0.5, 0.3, 0.2].forEach((w, k) => {
    expect(near.filter((i) => i === k).length / n).toBeCloseTo(w, 1);
  });
  const [meanX, meanY] = mean(x, 0).toArray() as [number, number];
  // Σ w μ = (−.5, −.7); standard errors are below 2.2/√n = .016.
  expect(Math.abs(meanX + 0.5)).toBeLessThan(0.07);
  expect(Math.abs(meanY + 0.7)).toBeLessThan(0.07);
  // E ∇log p = 0, with E‖∇log p‖² < d/s² = 8: standard error below .02.
  for (const s of mean(mixture.score(x), 0).toArray() as number[])
    expect(Math.abs(s)).toBeLessThan(0.08);
});

test("a mixture computes in the dtype of its argument, and far away without overflow", () => {
  const far = tensor([[1e3, -1e3]], { dtype: "f32" });
  expect(mixture.score(far).dtype).toBe("f32");
  expect([...mixture.score(far).data].every(Number.isFinite)).toBe(true);
  expect(Number.isFinite(mixture.logDensity(far).item())).toBe(true);
});

test("a mixture refuses parameters that make no density", () => {
  expect(() => gaussianMixture({ means: [], std: 1 })).toThrow("at least one mean");
  expect(() => gaussianMixture({ means: [[1], [1, 2]], std: 1 })).toThrow(
    "equal length, got 1 and 2",
  );
  expect(() => gaussianMixture({ means: [[1]], std: 0 })).toThrow("expected std > 0, got 0");
  expect(() => gaussianMixture({ means: [[1]], weights: [1, 2], std: 1 })).toThrow(
    "expected as many weights as means, 1, got 2",
  );
});
