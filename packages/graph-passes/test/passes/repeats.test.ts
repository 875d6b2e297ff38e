import {
  broadcastTo,
  checkGraph,
  evaluate,
  eye,
  type Graph,
  jvp,
  matmul,
  permute,
  type Shape,
  type Tensor,
  tensor,
  trace,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sample } from "../../../autodiff/test/support/sample.ts";
import { optimise } from "../../src/index.ts";
import { reassociate } from "../../src/passes/reassociate.ts";
import { expectEqual } from "../support/compare.ts";
import { beforeAndAfter } from "../support/golden.ts";

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Multiplications of a graph's products. */
const multiplications = ({ equations }: Graph): number =>
  equations
    .filter(({ primitive }) => primitive.name === "matmul")
    .reduce(
      (n, { inputs, outputs }) => n + sizeOf(outputs[0]!.shape) * inputs[0]!.shape.at(-1)!,
      0,
    );

const outputOf = (graph: Graph, args: readonly Tensor[]): Tensor => evaluate(graph, args) as Tensor;

test("a row that serves a whole batch is multiplied once", () => {
  const f = (a: Tensor, w: Tensor) => matmul(broadcastTo(a, [8, 3]), w);
  expect(beforeAndAfter(trace(f)(zeros([3]), zeros([3, 2])), reassociate)).toMatchInlineSnapshot(`
    "{ a:f64[3], w:f64[3,2] .
      let b:f64[1,3] = reshape[shape=[1,3]] a
          c:f64[8,3] = broadcastTo[shape=[8,3]] b
          d:f64[8,2] = matmul c w
      in d }
    →
    { a:f64[3], w:f64[3,2] .
      let b:f64[1,3] = reshape[shape=[1,3]] a
          c:f64[8,3] = broadcastTo[shape=[8,3]] b
          d:f64[1,3] = broadcastTo[shape=[1,3]] b
          e:f64[1,2] = matmul d w
          f:f64[8,2] = broadcastTo[shape=[8,2]] e
      in f }"
  `);
});

test("terms with an equal factor are added up first", () => {
  const factors = tensor(Array.from({ length: 64 }, (_, i) => [i >> 5, 1 - (i >> 5)]));
  const f = (x: Tensor) => matmul(permute(x), factors);
  expect(beforeAndAfter(trace(f)(zeros([64, 3])), reassociate)).toMatchInlineSnapshot(`
    "{ x:f64[64,3] ; a:f64[64,2] .
      let b:f64[3,64] = permute[axes=[1,0]] x
          c:f64[3,2] = matmul b a
      in c }
    →
    { x:f64[64,3] ; a:f64[2,2] .
      let b:f64[3,64] = permute[axes=[1,0]] x
          c:f64[2,32,3] = reshape[shape=[2,32,3]] x
          d:f64[2,3] = sum[axes=[1]] c
          e:f64[3,2] = permute[axes=[1,0]] d
          f:f64[3,2] = matmul e a
      in f }"
  `);
});

test("runs of several lengths are runs of their greatest common divisor", () => {
  const [a, b, c] = [
    [1, 2],
    [3, 4],
    [5, 6],
  ].map((row) => (n: number) => new Array(n).fill(row));
  const given = sample([3, 64], 3);
  const rowsOf = (factors: number[][]): number => {
    const f = (x: Tensor): Tensor => matmul(x, tensor(factors));
    const after = reassociate(trace(f)(given));
    expectEqual(outputOf(after, [given]), f(given), `${factors}`);
    return multiplications(after) / 6;
  };
  expect(rowsOf([...a!(32), ...b!(16), ...c!(16)])).toBe(4);
  expect(rowsOf([...a!(16), ...b!(32), ...c!(16)])).toBe(4);
  expect(rowsOf([...a!(20), ...b!(44)])).toBe(64);
});

test("a permute that changes nothing is no transpose", () => {
  const factors = tensor(Array.from({ length: 64 }, (_, i) => [i >> 5, 1]));
  const given = sample([64, 64], 4);
  const graph = trace((x: Tensor): Tensor => matmul(permute(x), factors))(given);
  // Traces have no such permutes, but graphs that were read may.
  const equations = graph.equations.map((equation) =>
    equation.primitive.name === "permute" ? { ...equation, params: { axes: [0, 1] } } : equation,
  );
  const still = checkGraph({ ...graph, equations });
  const after = reassociate(still);
  expect(multiplications(after)).toBe(64 * 2 * 2);
  expectEqual(outputOf(after, [given]), matmul(given, factors), "product");
});

test("basis vectors pushed through a batch cost the first layer one product of their own size", () => {
  const [samples, d, hidden] = [32, 5, 7];
  const columns = (x: Tensor, w: Tensor): Tensor => {
    const along = (axis: Tensor) =>
      jvp((z: Tensor) => matmul(z, w), [x], [broadcastTo(axis, x.shape)])[1];
    return vmap(along)(eye(d));
  };
  const args = [sample([samples, d], 1), sample([d, hidden], 2)] as const;
  const graph = trace(columns)(...args);
  expect(multiplications(graph)).toBe((1 + d) * samples * d * hidden);
  const optimised = optimise(graph);
  expect(multiplications(optimised)).toBe(d * d * hidden);
  expectEqual(outputOf(optimised, args), columns(...args), "columns of the Jacobian");
});

/** An operand that repeats along some of its axes, given or constant, as a product sees it. */
interface Operand {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** One bit an axis, from the last: whether it repeats. */
  readonly repeats: number;
  /** Elements are equal in runs of so many along the rows or columns. */
  readonly run: number;
  readonly isConstant: boolean;
  readonly isTurned: boolean;
}

const operand = (
  rows: fc.Arbitrary<number>,
  columns: fc.Arbitrary<number>,
): fc.Arbitrary<Operand> =>
  fc.record({
    batch: fc.constantFrom([], [], [2], [1], [3, 2], [2, 1]),
    rows,
    columns,
    repeats: fc.nat(15),
    run: fc.constantFrom(1, 1, 2, 16, 32),
    isConstant: fc.boolean(),
    isTurned: fc.boolean(),
  });

/** The array, and what becomes the operand when it is broadcast and perhaps turned. */
function make(
  { batch, rows, columns, repeats, run, isTurned }: Operand,
  seed: number,
  isLeft: boolean,
) {
  const shape = [...batch, rows, columns];
  const own = shape.map((length, axis) =>
    (repeats >> (shape.length - 1 - axis)) & 1 ? 1 : length,
  );
  const values = sample(own, seed);
  // Runs along the axis that is summed.
  const axis = own.length - (isLeft ? 1 : 2);
  const inner = sizeOf(own.slice(axis + 1));
  const length = own[axis]!;
  const data = values.data.map((_, at) => {
    const i = Math.floor(at / inner) % length;
    return values.data[at - (i % run) * inner]!;
  });
  const x = tensor(data, { shape: own });
  const axes = own.map((_, at) => at);
  const turn = isTurned ? [...axes.slice(0, -2), axes.length - 1, axes.length - 2] : axes;
  return {
    given: permute(x, turn),
    asOperand: (y: Tensor): Tensor => broadcastTo(permute(y, turn), shape),
  };
}

const lengths = fc.constantFrom(1, 2, 3, 5);
const depths = fc.constantFrom(1, 2, 32, 48, 64);
const pairs = depths
  .chain((depth) =>
    fc.tuple(operand(lengths, fc.constant(depth)), operand(fc.constant(depth), lengths)),
  )
  .filter(([a, b]) => {
    const [x, y] = [a.batch.toReversed(), b.batch.toReversed()];
    return x.every((n, i) => n === 1 || (y[i] ?? 1) === 1 || n === y[i]);
  });

test("products of operands that repeat, along any axes, in runs, given and constant, are the same products of less", () => {
  let fewer = 0;
  fc.assert(
    fc.property(pairs, fc.nat(1000), ([a, b], seed) => {
      const sides = [make(a, seed, true), make(b, seed + 1, false)] as const;
      const isGiven = [!a.isConstant, !b.isConstant];
      const args = sides.filter((_, i) => isGiven[i]).map(({ given }) => given);
      const f = (...xs: Tensor[]): Tensor => {
        const rest = [...xs];
        const [x, y] = sides.map(({ given, asOperand }, i) =>
          asOperand(isGiven[i] ? rest.shift()! : given),
        );
        return matmul(x!, y!);
      };
      const graph = trace(f)(...args);
      const after = checkGraph(reassociate(graph));
      expectEqual(outputOf(after, args), outputOf(graph, args), JSON.stringify([a, b]));
      const optimised = optimise(graph);
      expectEqual(outputOf(optimised, args), outputOf(graph, args), JSON.stringify([a, b]));
      expect(multiplications(optimised)).toBeLessThanOrEqual(multiplications(graph));
      fewer += Number(multiplications(optimised) < multiplications(graph));
    }),
    { numRuns: 400, seed: 11 },
  );
  expect(fewer).toBeGreaterThan(100);
});

describe("what is not so is left", () => {
  const rows = (values: readonly number[][]): Tensor => tensor(values.map((row) => [...row]));
  const same = (f: (x: Tensor) => Tensor, x: Tensor): void => {
    const graph = trace(f)(x);
    expect(multiplications(reassociate(graph))).toBe(multiplications(graph));
  };
  const x = zeros([4, 64]);
  test("runs that are short", () => {
    const factors = rows(Array.from({ length: 64 }, (_, i) => [i >> 3, -(i >> 3)]));
    same((y) => matmul(y, factors), x);
  });
  test("factors that are not finite: ∞ − ∞ is no number, whatever is subtracted", () => {
    const factors = rows(Array.from({ length: 64 }, () => [Number.POSITIVE_INFINITY, 1]));
    const f = (y: Tensor): Tensor => matmul(y, factors);
    const given = tensor([[1, -2, ...new Array<number>(62).fill(0)]]);
    expect(outputOf(reassociate(trace(f)(given)), [given]).data[0]).toBeNaN();
  });
  test("a column of factors: the product is a sum already", () => {
    const factors = rows(Array.from({ length: 64 }, (_, i) => [i >> 5]));
    same((y) => matmul(y, factors), x);
  });
  test("rows that are equal in one member of a batch, and not in another", () => {
    const members = [0, 0, 0, 0, 1, 2].map((last) => [1, last]);
    const f = (y: Tensor): Tensor => matmul(rows(members).reshape([2, 3, 2]), y);
    same(f, zeros([2, 4]));
    const y = sample([2, 4], 5);
    expectEqual(outputOf(reassociate(trace(f)(y)), [y]), f(y), "members");
  });
  test("rows that come in runs, but are not all equal", () => {
    const f = (y: Tensor): Tensor => matmul(rows([0, 0, 1, 1].map((row) => [1, row])), y);
    same(f, zeros([2, 4]));
    const y = sample([2, 4], 6);
    expectEqual(outputOf(reassociate(trace(f)(y)), [y]), f(y), "runs of rows");
  });
  test("constants that a transformation around is tracing: they have no elements yet", () => {
    let inner: Graph | undefined;
    trace((y: Tensor) => {
      inner = trace((x: Tensor) => matmul(x, y))(zeros([4, 64]));
      expect(multiplications(optimise(inner))).toBe(4 * 64 * 2);
      return y;
    })(zeros([64, 2]));
    expect(inner?.equations).toHaveLength(1);
  });
  test("rows that differ in their last element, or in the sign of zero", () => {
    const last = Array.from({ length: 8 }, (_, i) => [1, 2, i === 7 ? 4 : 3]);
    same((y) => matmul(rows(last), y), zeros([3, 2]));
    const zero = Array.from({ length: 8 }, (_, i) => [1, 2, i === 4 ? -0 : 0]);
    same((y) => matmul(rows(zero), y), zeros([3, 2]));
  });
});

test.each(["f32", "f64"] as const)("specials reach what they reached before, %s", (dtype) => {
  const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY];
  const factors = tensor(
    Array.from({ length: 64 }, (_, i) => [i >> 5, 1, 0]),
    { dtype },
  );
  const values = Array.from({ length: 3 * 64 }, (_, i) => (i % 7) - 3);
  for (const special of [[nan], [infinite], [infinite, -infinite], [-0], []]) {
    const data = [...values];
    special.forEach((value, i) => {
      data[70 + 3 * i] = value;
    });
    const y = tensor(data, { shape: [3, 64], dtype });
    const f = (z: Tensor): Tensor => matmul(z, factors);
    const graph = trace(f)(y);
    const after = reassociate(graph);
    expect(multiplications(after)).toBeLessThan(multiplications(graph));
    expectEqual(outputOf(after, [y]), f(y), `${special}`);
  }
});
