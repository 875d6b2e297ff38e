// checkpoint trades memory for recomputation: √n segments of √n steps keep about 2√n values, not n
// (Griewank & Walther 2000; Chen et al. 2016).
import {
  checkpoint,
  eliminateCommonSubexpressions,
  eliminateDeadCode,
  type Graph,
  grad,
  hessian,
  jvp,
  linearize,
  mul,
  sin,
  sum,
  type Tensor,
  tensor,
  trace,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { expectClose, expectSameBits } from "./support/close.ts";
import { countOf, peakBytes, residualBytes } from "./support/memory.ts";
import { sample } from "./support/sample.ts";

const length = 50;
const vectorBytes = 8 * length;

const repeat = (f: (x: Tensor) => Tensor, times: number) => (x: Tensor) =>
  Array.from({ length: times }).reduce<Tensor>((y) => f(y), x);
/** n sines in a row, and the same in √n checkpoints of √n. */
const chain = (n: number) => repeat((x) => sin(x), n);
const segmented = (n: number) =>
  repeat(checkpoint(chain(Math.sqrt(n))) as (x: Tensor) => Tensor, Math.sqrt(n));
const lossOf = (f: (x: Tensor) => Tensor) => (x: Tensor) => sum(f(x));
const gradientGraph = (f: (x: Tensor) => Tensor): Graph =>
  eliminateDeadCode(trace((x: Tensor) => grad(lossOf(f))(x))(sample([length], 1)));

describe.each([16, 64, 256])("a chain of %i steps", (n) => {
  const root = Math.sqrt(n);

  test("keeps n vectors for its linear graph, and √n with checkpoints", () => {
    const residuals = (f: (x: Tensor) => Tensor) =>
      residualBytes(linearize(f, [sample([length], 1)])[1].graph) / vectorBytes;
    expect(residuals(chain(n))).toBe(n);
    expect(residuals(segmented(n))).toBe(root);
  });

  test("has a gradient whose memory peaks at about n vectors, and about 2√n with checkpoints", () => {
    const peak = (f: (x: Tensor) => Tensor) => peakBytes(gradientGraph(f)) / vectorBytes;
    expect(peak(chain(n))).toBeGreaterThanOrEqual(n);
    expect(peak(segmented(n))).toBeLessThanOrEqual(2 * root + 5);
    expect(peak(segmented(n))).toBeGreaterThanOrEqual(root);
  });

  test("computes n sines for the gradient, and n − √n of them once more with checkpoints", () => {
    expect(countOf(gradientGraph(chain(n)), "sin")).toBe(n - 1);
    expect(countOf(gradientGraph(segmented(n)), "sin")).toBe(n - root + (n - root));
  });

  test("has the same gradient to the bit either way", () => {
    const x = sample([length], 2);
    const gradient = (f: (x: Tensor) => Tensor) => grad(lossOf(f))(x);
    expectSameBits(gradient(segmented(n)), gradient(chain(n)), "gradient");
  });
});

test("eliminating common subexpressions does not merge recomputed equations with the first ones", () => {
  const graph = gradientGraph(segmented(16));
  const merged = eliminateCommonSubexpressions(graph);
  expect(countOf(merged, "sin")).toBe(countOf(graph, "sin"));
  expect(peakBytes(merged)).toBeLessThanOrEqual(peakBytes(graph));
});

describe("derivatives of a checkpoint", () => {
  const body = (x: Tensor, y: Tensor) => mul(sin(mul(x, y)), x);
  const [x, y] = [sample([3], 3), sample([3], 4)];

  test("equal those of its function to second order, in both modes", () => {
    const plain = hessian((at: Tensor) => sum(body(at, y)))(x);
    const kept = hessian((at: Tensor) => sum(checkpoint(body)(at, y)))(x);
    expectClose(kept, plain, 1e-15, "Hessian", () => 1);
    const along = (f: typeof body) => jvp((at: Tensor) => f(at, y), [x], [y])[1];
    expectSameBits(along(checkpoint(body) as typeof body), along(body), "ẏ");
  });

  test("reach tensors that the function closes over", () => {
    const f = (outer: Tensor) =>
      sum(checkpoint((inner: Tensor) => mul(sin(inner), outer))(mul(outer, 2)));
    const expected = grad((outer: Tensor) => sum(mul(sin(mul(outer, 2)), outer)))(x);
    expectSameBits(grad(f)(x), expected, "gradient");
  });

  test("commute with vmap", () => {
    const rows = sample([4, 3], 5);
    const gradient = (f: typeof body) => (row: Tensor) => grad((at: Tensor) => sum(f(at, y)))(row);
    expectSameBits(
      vmap(gradient(checkpoint(body) as typeof body))(rows),
      vmap(gradient(body))(rows),
      "rows",
    );
  });
});

test("a checkpoint takes and returns trees", () => {
  const f = checkpoint(({ a, b }: { a: Tensor; b: readonly Tensor[] }) => ({
    total: a.add(b[0] as Tensor),
    parts: [a.mul(2), b[0] as Tensor],
  }));
  const args = { a: tensor([1, 2]), b: [tensor([3, 4])] };
  expect(f(args).total.toArray()).toEqual([4, 6]);
  const gradient = grad((t: typeof args) => sum(f(t).total.mul(f(t).parts[0] as Tensor)))(args);
  // d/da (a + b) 2a = 4a + 2b, d/db = 2a
  expect(gradient.a.toArray()).toEqual([10, 16]);
  expect(gradient.b[0]?.toArray()).toEqual([2, 4]);
});

test("a checkpoint whose result does not depend on what is mapped has it once for each member", () => {
  const f = checkpoint((x: Tensor, c: Tensor) => [x.mul(c), c.mul(2)] as const);
  const [own, shared] = vmap(f, [0, null])(tensor([1, 2, 3]), tensor(5));
  expect(own.toArray()).toEqual([5, 10, 15]);
  expect(shared.toArray()).toEqual([10, 10, 10]);
});
