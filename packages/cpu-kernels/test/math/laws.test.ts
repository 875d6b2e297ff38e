// What holds exactly: special values, remainders, symmetries, bounds, and that every way of calling gives the same.
import { describe, expect, test } from "vitest";
import { binaryFunctions, unaryFunctions } from "../../src/math/index.ts";
import { closedForms, closedFormsOfTwo } from "./support/closed-forms.ts";
import { type Floats, onArrays } from "./support/run.ts";
import { distance } from "./support/ulp.ts";
import { doubles, generator, singles, specials } from "./support/values.ts";

const unary = Object.keys(unaryFunctions) as (keyof typeof unaryFunctions)[];
const binary = Object.keys(binaryFunctions) as (keyof typeof binaryFunctions)[];
const shapes = ["f32x4", "f64x2"] as const;
const arrayOf = { f32x4: Float32Array, f64x2: Float64Array };
const precisionOf = { f32x4: "f32", f64x2: "f64" } as const;

describe("special values are those of JavaScript: zeros and their signs, infinities, NaN, denormal numbers", () => {
  // Math's own rounding differs from ours by up to 1 ulp in f64, and the closed forms of sech² and erf by a few.
  const slack = 8;
  for (const shape of shapes) {
    const even = specials.length + (specials.length % 2 ? 1 : 0) + 2;
    const x = new arrayOf[shape](Math.ceil(even / 4) * 4);
    x.set(specials);
    test.each(unary)(`${shape} %s`, (name) => {
      const y = onArrays<Floats>(name, shape)(x);
      for (const [i, a] of x.entries()) {
        const truth = closedForms[name](a);
        const ulp = distance(y[i]!, truth, precisionOf[shape]);
        expect(ulp, `${name}(${a}) = ${y[i]}, expected ${truth}`).toBeLessThanOrEqual(slack);
      }
    });
    test.each(binary)(`${shape} %s`, (name) => {
      const pairs = [...x].flatMap((a) => [...x].map((b) => [a, b] as const));
      const left = new arrayOf[shape](pairs.map(([a]) => a));
      const right = new arrayOf[shape](pairs.map(([, b]) => b));
      const z = onArrays<Floats>(name, shape)(left, right);
      for (const [i, [a, b]] of pairs.entries()) {
        const truth = closedFormsOfTwo[name](a, b);
        const ulp = distance(z[i]!, truth, precisionOf[shape]);
        expect(ulp, `${name}(${a}, ${b}) = ${z[i]}, expected ${truth}`).toBeLessThanOrEqual(slack);
      }
    });
  }
});

describe("mod is the interpreter's remainder, bit for bit", () => {
  test.each(shapes)("%s", (shape) => {
    const next = generator(3);
    const [x, y] = [0, 1].map((k) => {
      if (shape === "f32x4")
        return singles(k)
          .subarray(0, 1 << 18)
          .slice();
      return doubles(k, 1 << 16);
    }) as [Floats, Floats];
    // Every other divisor is of the size of its dividend.
    for (let i = 0; i < y.length; i += 2) y[i] = x[i]! * (next() / 2 ** 31 - 1);
    for (let i = y.length - 1; i > 1; i -= 2) {
      const j = 1 + 2 * (next() % ((i + 1) / 2));
      [y[i], y[j]] = [y[j]!, y[i]!];
    }
    const z = onArrays<Floats>("mod", shape)(x, y);
    const round = shape === "f32x4" ? Math.fround : Number;
    for (const [i, a] of x.entries()) {
      const expected = round(closedFormsOfTwo.mod(a, y[i]!));
      if (!Object.is(z[i], expected)) expect([a, y[i], z[i]]).toEqual([a, y[i], expected]);
    }
  });
});

describe("symmetries are exact", () => {
  const odd = ["sin", "tan", "asin", "atan", "sinh", "tanh", "erf"] as const;
  const even = ["cos", "cosh", "sech2"] as const;
  for (const shape of shapes)
    test.each([...odd, ...even])(`${shape} %s`, (name) => {
      const x = shape === "f32x4" ? singles(5) : doubles(5, 1 << 15);
      const f = onArrays<Floats>(name, shape);
      const [y, mirrored] = [f(x), f(x.map((a) => -a) as Floats)];
      const sign = (odd as readonly string[]).includes(name) ? -1 : 1;
      for (const [i, value] of y.entries())
        if (!Object.is(mirrored[i], sign * value))
          expect([x[i], mirrored[i]]).toEqual([x[i], sign * value]);
    });
});

describe("bounds are kept", () => {
  const bounded = { tanh: 1, sin: 1, cos: 1, erf: 1, sech2: 1, sigmoid: 1 } as const;
  for (const shape of shapes)
    test.each(Object.keys(bounded) as (keyof typeof bounded)[])(`${shape} |%s| ≤ 1`, (name) => {
      const x = shape === "f32x4" ? singles(7) : doubles(7, 1 << 15);
      const y = onArrays<Floats>(name, shape)(x);
      for (const [i, value] of y.entries())
        if (Math.abs(value) > 1) expect([x[i], value]).toEqual([x[i], 1]);
    });
});

describe("called and inlined, with constants in memory and without, the same bits", () => {
  for (const shape of shapes)
    test.each([...unary, ...binary])(`${shape} %s`, (name) => {
      const x = shape === "f32x4" ? singles(9).slice(0, 1 << 14) : doubles(9, 1 << 12);
      const y = x.toReversed() as Floats;
      const bits = (isInlined: boolean, hasPlace: boolean) =>
        Buffer.from(onArrays<Floats>(name, shape, { isInlined, hasPlace })(x, y).buffer);
      const first = bits(false, true);
      expect(bits(true, true).equals(first)).toBe(true);
      expect(bits(true, false).equals(first)).toBe(true);
      expect(bits(false, false).equals(first)).toBe(true);
    });
});
