// First and second derivatives where naive formulas cancel or overflow, against 420 decimals.
import {
  erf,
  expm1,
  grad,
  hessian,
  log1p,
  logsumexp,
  pow,
  sigmoid,
  softplus,
  sqrt,
  stack,
  type Tensor,
  tanh,
  tensor,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import * as fixedPoint from "./support/fixed-point.ts";
import {
  exp,
  type Fixed,
  fixed,
  log,
  one,
  over,
  pi,
  square,
  times,
  toNumber,
} from "./support/fixed-point.ts";

/** f, f′ and f″ in fixed point. */
type Exact = (x: Fixed) => readonly [Fixed, Fixed, Fixed];

const everywhere = [0, 1e-8, -1e-8, 100, -100, 1000, -1000];
const positive = [1e-8, 100, 1000];

const exactTanh: Exact = (x) => {
  const sech = over(2n * one, exp(x) + exp(-x));
  const y = over(exp(2n * x) - one, exp(2n * x) + one);
  return [y, square(sech), -2n * times(y, square(sech))];
};
const exactSigmoid: Exact = (x) => {
  const y = over(one, one + exp(-x));
  const slope = times(y, over(one, one + exp(x)));
  return [y, slope, times(slope, one - 2n * y)];
};
const exactSoftplus: Exact = (x) => {
  const [y, slope] = exactSigmoid(x);
  return [log(one + exp(x)), y, slope];
};
const exactLog1p: Exact = (x) => {
  const slope = over(one, one + x);
  return [log(one + x), slope, -square(slope)];
};
const exactExpm1: Exact = (x) => [exp(x) - one, exp(x), exp(x)];
const exactSqrt: Exact = (x) => {
  const y = fixedPoint.sqrt(x);
  return [y, over(one, 2n * y), -over(one, 4n * times(x, y))];
};
const exactErf: Exact = (x) => {
  const slope = times(over(2n * one, fixedPoint.sqrt(pi)), exp(-square(x)));
  return [fixedPoint.erf(x), slope, -2n * times(x, slope)];
};
/** xⁿ for whole n ≥ 0. */
const power = (x: Fixed, n: number): Fixed => (n <= 0 ? one : times(x, power(x, n - 1)));
const exactPower =
  (n: number): Exact =>
  (x) => [
    power(x, n),
    BigInt(n) * power(x, n - 1),
    n < 2 ? 0n : BigInt(n * (n - 1)) * power(x, n - 2),
  ];
const exactInverseSquare: Exact = (x) => [
  over(one, power(x, 2)),
  -over(2n * one, power(x, 3)),
  over(6n * one, power(x, 4)),
];
/** ln(eˣ + e^(−x)) = logsumexp(x, −x). */
const exactLogcosh: Exact = (x) => {
  const [y, slope] = exactTanh(x);
  return [log(exp(x) + exp(-x)), y, slope];
};

/**
 * Name, function, exact values, points, and the magnitude of the terms that make the value where they
 * cancel: logsumexp's slopes are sums of probabilities, right to rounding of 1.
 */
type Row = readonly [string, (x: Tensor) => Tensor, Exact, readonly number[], number];
const table: readonly Row[] = [
  ["tanh", tanh, exactTanh, everywhere, 0],
  ["sigmoid", sigmoid, exactSigmoid, everywhere, 0],
  ["softplus", softplus, exactSoftplus, everywhere, 0],
  ["log1p", log1p, exactLog1p, [0, 1e-8, -1e-8, 100, 1000], 0],
  ["expm1", expm1, exactExpm1, everywhere, 0],
  ["sqrt", sqrt, exactSqrt, positive, 0],
  ["erf", erf, exactErf, everywhere, 0],
  ["pow(x, 3)", (x) => pow(x, 3), exactPower(3), everywhere, 0],
  ["pow(x, 2)", (x) => pow(x, 2), exactPower(2), everywhere, 0],
  ["pow(x, 1)", (x) => pow(x, 1), exactPower(1), everywhere, 0],
  ["pow(x, 0)", (x) => pow(x, 0), exactPower(0), everywhere, 0],
  ["pow(x, ½)", (x) => pow(x, 0.5), exactSqrt, positive, 0],
  ["pow(x, −2)", (x) => pow(x, -2), exactInverseSquare, [1e-8, -1e-8, 100, -100, 1000, -1000], 0],
  ["logsumexp(x, −x)", (x) => logsumexp(stack([x, x.neg()])), exactLogcosh, everywhere, 1],
  ["logsumexp(x, 0)", (x) => logsumexp(stack([x, x.mul(0)])), exactSoftplus, everywhere, 1],
];

/** Units in the last place between two doubles; both zero or both the same infinity are 0 apart. */
function ulps(got: number, want: number, magnitude: number): number {
  if (got === want) return 0;
  const unit = Math.max(Math.max(Math.abs(want), magnitude) * 2 ** -52, 2 ** -1074);
  return Math.abs(got - want) / unit;
}

describe.each(table)("%s", (_name, f, exact, points, magnitude) => {
  const derivatives = [
    f,
    (x: Tensor) => grad(f)(x),
    (x: Tensor) => grad((y: Tensor) => grad(f)(y))(x),
  ] as const;

  test.each(points)(
    "and its first two derivatives at %d are right to a few units in the last place",
    (x) => {
      const want = exact(fixed(x)).map(toNumber);
      derivatives.forEach((derivative, order) => {
        const got = derivative(tensor(x)).item();
        expect(
          ulps(got, want[order] as number, magnitude),
          `order ${order}: ${got}, not ${want[order]}`,
        ).toBeLessThanOrEqual(8);
      });
    },
  );
});

/** e^xᵢ / Σ e^xⱼ in fixed point. */
const exactSoftmax = (x: readonly number[]): Fixed[] => {
  const most = Math.max(...x);
  const weights = x.map((xi) => exp(fixed(xi) - fixed(most)));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => over(weight, total));
};

describe("logsumexp of several numbers", () => {
  const inputs = [
    [0, 0, 0],
    [1e-8, -1e-8, 0],
    [100, -100, 0],
    [1000, -1000, 999],
    [-1000, -1001, -1002],
  ];

  test.each(inputs)(
    "at (%d, %d, %d) has the softmax as its gradient, element by element",
    (...x) => {
      const gradient = grad((at: Tensor) => logsumexp(at))(tensor(x));
      exactSoftmax(x)
        .map(toNumber)
        .forEach((want, i) => {
          expect(ulps(gradient.data[i] as number, want, 0)).toBeLessThanOrEqual(8);
        });
    },
  );

  test.each(inputs)("at (%d, %d, %d) has the Hessian diag(p) − p pᵀ, to rounding of 1", (...x) => {
    const p = exactSoftmax(x);
    const H = hessian((at: Tensor) => logsumexp(at))(tensor(x)).toArray() as number[][];
    p.forEach((pi, i) => {
      p.forEach((pj, j) => {
        const want = toNumber((i === j ? pi : 0n) - times(pi, pj));
        expect(ulps(H[i]?.[j] as number, want, 1)).toBeLessThanOrEqual(8);
      });
    });
  });

  test("is −∞ for nothing but −∞, and ∞ where one is", () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(logsumexp(tensor([-infinity, -infinity])).item()).toBe(-infinity);
    expect(logsumexp(tensor([infinity, 0])).item()).toBe(infinity);
    expect(logsumexp(tensor([-infinity, 3])).item()).toBe(3);
  });
});
