// bigEvaluate against published digits and definitions, and against the engine where both must agree.
import { add, astype, mul, random, type Tensor, tensor, trace } from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import { describe, expect, test } from "vitest";
import { bigClass, exact } from "../../src/oracles/big.ts";
import { bigEvaluate, defined } from "../../src/oracles/evaluate.ts";
import { unary } from "../../src/oracles/functions.ts";
import { threefryBlock } from "../../src/oracles/threefry.ts";

const big = (x: Tensor) => Array.from(x.data, (value) => exact(value));
const digits = (name: string, x: number, more?: number) =>
  unary[name]!(exact(x, more)).toSignificantDigits(40).toString();

test("every primitive of the engine has a definition, and there is no other but erfc", () => {
  expect([...registry.keys()].filter((name) => !defined.has(name))).toEqual([]);
});

describe("a double becomes all of its bits", () => {
  test("0.1 is 0.1000000000000000055511151231257827…", () => {
    expect(exact(0.1).toString()).toBe("0.1000000000000000055511151231257827021181583404541015625");
  });
  test.each([5e-324, -2.5e-310, 2 ** -1022, 1.7976931348623157e308, 1e22, -0.3, 2 ** 53])(
    "%d reads back",
    (x) => {
      expect(exact(x).toNumber()).toBe(x);
    },
  );
});

// Digits from tables: DLMF 7.23, and Abramowitz & Stegun, tables 4 and 7.
test.each([
  ["erf", 1, "0.8427007929497148693412206350826092592961"],
  ["erf", 3, "0.9999779095030014145586272238704176796202"],
  ["erfc", 10, "2.088487583762544757000786294957788611561e-45"],
  ["log1p", 1, "0.6931471805599453094172321214581765680755"],
  ["expm1", 1, "1.718281828459045235360287471352662497757"],
])("%s(%d) = %s", (name, x, want) => {
  expect(digits(name, x)).toBe(want);
});

test.each(Object.keys(unary))("%s gives the same number in 64 and in 200 digits", (name) => {
  for (const x of [0.3, 0.875, 1e-12, name === "acos" || name === "asin" ? 1 : 7.5]) {
    const [few, many] = [unary[name]!(exact(x)), unary[name]!(exact(x, 200))];
    if (many.isZero()) expect(few.isZero()).toBe(true);
    else if (!many.isNaN())
      expect(many.minus(few).div(many).abs().toNumber(), `${x}`).toBeLessThan(1e-61);
  }
});

// Random123 1.14.0, tests/kat_vectors: threefry2x32 20.
test.each([
  [0n, 0n, 0n, 0n, 0x6b200159n, 0x99ba4efen],
  [0xffffffffn, 0xffffffffn, 0xffffffffn, 0xffffffffn, 0x1cb996fcn, 0xbb002be7n],
  [0x13198a2en, 0x03707344n, 0x243f6a88n, 0x85a308d3n, 0xc4923a9cn, 0x483df7a0n],
])("threefry: key %d %d, counter %d %d", (k0, k1, c0, c1, y0, y1) => {
  expect(threefryBlock(k0, k1, c0, c1)).toEqual([y0, y1]);
});

describe("graphs", () => {
  test("of random bits and integers that wrap agree with the engine to the bit", () => {
    const f = (key: Tensor) => {
      const words = random.bits(key, [2, 3]);
      return [words, mul(words, words), add(astype(words, "i32"), 2 ** 31 - 1)];
    };
    const key = random.key(42);
    const graph = trace(f)(key);
    const want = f(key).map((y) => Array.from(y.data));
    expect(bigEvaluate(graph, [big(key)]).map((y) => y.map(Number))).toEqual(want);
  });

  test("of a primitive without a definition are refused by name, unless one is given", () => {
    const graph = trace((x: Tensor) => x.sin())(tensor(1));
    const equations = graph.equations.map((equation) => ({
      ...equation,
      primitive: { ...equation.primitive, name: "sine" },
    }));
    const renamed = { ...graph, equations };
    expect(() => bigEvaluate(renamed, [[exact(1)]])).toThrow(/no definition.*"sine"/);
    const own = {
      sine: ([x]: readonly { data: readonly ReturnType<typeof exact>[] }[]) => [x!.data[0]!.sin()],
    };
    expect(bigEvaluate(renamed, [[exact(1)]], own)[0]![0]!.toNumber()).toBe(Math.sin(1));
  });

  test("compute with the digits of their inputs", () => {
    const graph = trace((x: Tensor) => x.mul(0.1).exp())(tensor(1));
    expect(bigEvaluate(graph, [[exact(1, 90)]])[0]![0]!.precision()).toBe(90);
    expect(bigClass(90).precision).toBe(90);
  });
});
