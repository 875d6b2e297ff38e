// Double precision against 60 digits.
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../../src/wasm/index.ts";
import { onArrays } from "./support/run.ts";
import { truth, truthOfLarge } from "./support/truth.ts";
import { distance } from "./support/ulp.ts";
import { generator } from "./support/values.ts";

type Name = Exclude<Parameters<typeof onArrays>[0], "mod">;

/** For each function the greatest error allowed, in ulp, and where its arguments lie: ±2^least … ±2^most, cut to a range. */
const cases: Record<Name, { bound: number; powers: [number, number]; range?: [number, number] }> = {
  exp: { bound: 0.9, powers: [-60, 9.4], range: [-708, 709] },
  expm1: { bound: 1.35, powers: [-1060, 9.4], range: [-50, 709] },
  log: { bound: 0.85, powers: [-1074, 1023], range: [0, Infinity] },
  log1p: { bound: 0.85, powers: [-1060, 200], range: [-0.9999999, Infinity] },
  sin: { bound: 0.8, powers: [-40, 40] },
  cos: { bound: 0.8, powers: [-40, 40] },
  tan: { bound: 2.1, powers: [-40, 40] },
  asin: { bound: 2.1, powers: [-40, 0] },
  acos: { bound: 1.2, powers: [-40, 0] },
  atan: { bound: 2.2, powers: [-40, 40] },
  sinh: { bound: 1.65, powers: [-40, 9.4], range: [-710, 710] },
  cosh: { bound: 1.35, powers: [-40, 9.4], range: [-710, 710] },
  tanh: { bound: 1.5, powers: [-60, 6] },
  sech2: { bound: 2.3, powers: [-40, 8.4], range: [-350, 350] },
  sigmoid: { bound: 2.3, powers: [-40, 9.4], range: [-700, 100] },
  softplus: { bound: 1.6, powers: [-40, 9.4], range: [-700, 100] },
  erf: { bound: 1.3, powers: [-60, 2.58] },
  erfc: { bound: 2.7, powers: [-60, 4.72], range: [-5.9, 26] },
  atan2: { bound: 2.2, powers: [-40, 40] },
  pow: { bound: 1.25, powers: [-8, 8], range: [0, Infinity] },
};
const count = 256;

/** Half of them with exponents spread over the powers, half near 1, where formulas meet. */
function samples(seed: number, { powers, range }: (typeof cases)[Name]): Float64Array<ArrayBuffer> {
  const next = generator(seed);
  const unit = () => (next() + next() / 2 ** 32) / 2 ** 32;
  const [least, most] = powers;
  const draw = (i: number): number => {
    const size = i % 2 ? 2 ** (least + unit() * (most - least)) : Math.min(2 ** most, 4) * unit();
    const x = next() & 1 ? size : -size;
    return range && (x < range[0] || x > range[1]) ? draw(i) : x;
  };
  return Float64Array.from({ length: count }, (_, i) => draw(i));
}

function worst(name: Name, relaxed: boolean): { ulp: number; at: number[] } {
  const x = samples(1, cases[name]);
  const y = name === "pow" ? samples(2, { bound: 0, powers: [-8, 6.9] }) : samples(2, cases[name]);
  const z = onArrays<Float64Array<ArrayBuffer>>(name, "f64x2", { relaxed })(x, y);
  let result = { ulp: 0, at: [0, 0] };
  for (let i = 0; i < count; i++) {
    const { value, rest } = truth(name, x[i]!, y[i]!);
    const ulp = distance(z[i]!, value, "f64", rest);
    if (ulp > result.ulp) result = { ulp, at: [x[i]!, y[i]!] };
  }
  return result;
}

for (const relaxed of hasRelaxedSimd() ? [false, true] : [false])
  describe(`${relaxed ? "with fused multiply-add " : ""}the error in ulp is below its bound`, () => {
    test.each(Object.keys(cases) as Name[])("%s", (name) => {
      const { ulp, at } = worst(name, relaxed);
      expect(ulp, `worst at ${at}`).toBeLessThanOrEqual(cases[name].bound);
    });
  });

describe("angles of any size are reduced exactly", () => {
  // The double closest to a multiple of ½π (Muller et al., Handbook of Floating-Point Arithmetic, table 11.1), and others.
  const hard = 6381956970095103 * 2 ** 797;
  const large = [hard, -hard, 1e22, 1e300, Number.MAX_VALUE, 2 ** 21, 1.6e6, 1600001];
  const multiples = Array.from({ length: 60 }, (_, k) => (k + 1) ** 3 * (Math.PI / 2));
  // Doubles below the limit that come very close for their size (convergents of ½π·2ⁿ): within 2⁻⁷⁰ of themselves.
  const close = [45.553093477052, 321307.9594422229, 413441.44719405076, 826882.8943881015];
  const x = Float64Array.from([...large, ...multiples, ...close]);
  test.each(["sin", "cos", "tan"] as const)("%s", (name) => {
    const y = onArrays<Float64Array<ArrayBuffer>>(name, "f64x2")(x);
    for (const [i, angle] of x.entries()) {
      const { value, rest } = i < large.length ? truthOfLarge(name, angle) : truth(name, angle);
      const ulp = distance(y[i]!, value, "f64", rest);
      expect(ulp, `${name} ${angle}`).toBeLessThanOrEqual(cases[name].bound);
    }
  });
});

test("angles of steep slopes have the low part of ½π: atan is right to 0.7 ulp for |x| > 4", () => {
  const x = Float64Array.from({ length: 512 }, (_, i) => (i % 2 ? 1 : -1) * 4 * 1.015 ** i);
  const y = onArrays<Float64Array<ArrayBuffer>>("atan", "f64x2")(x);
  for (const [i, slope] of x.entries()) {
    const { value, rest } = truth("atan", slope);
    expect(distance(y[i]!, value, "f64", rest), `atan ${slope}`).toBeLessThanOrEqual(0.7);
  }
});
