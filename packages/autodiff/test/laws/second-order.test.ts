import { add, grad, jvp, mul, square, sum, type Tensor } from "@cotangent/autodiff";
import { describe, test } from "vitest";
import { caseEntries } from "../cases.ts";
import { type Differentiable, differentiable, tangentOf } from "../support/case.ts";
import { expectClose, largest } from "../support/close.ts";
import { directional } from "../support/differences.ts";
import { signed } from "../support/sample.ts";

/** g(x) = Σ w (f(x) + f(x)²): a scalar whose second derivative shows f's first and second. */
const scalarOf = ({ f, x }: Differentiable): ((...x: Tensor[]) => Tensor) => {
  const w = signed(f(...x), 3);
  return (...at) => {
    const y = f(...at);
    return sum(mul(w, add(y, square(y))));
  };
};

const everyArgument = (x: readonly unknown[]) => x.map((_, i) => i);
const dot = (a: readonly Tensor[], b: readonly Tensor[]): Tensor =>
  a.map((ai, i) => sum(mul(ai, b[i] as Tensor))).reduce((total, term) => total.add(term));

/** The cases with finite second derivatives, each with its scalar function and a direction. */
function* curved(cases: (typeof caseEntries)[number][1]) {
  for (const given of cases) {
    const part = differentiable(given);
    if (part === null || part.x.some(({ dtype }) => dtype !== "f64")) continue;
    if (given.run(...given.inputs).dtype !== "f64") continue;
    const gradient = grad(scalarOf(part), { argnums: everyArgument(part.x) });
    yield {
      given,
      x: part.x,
      v: part.x.map((x, i) => signed(x, i + 51)),
      g: scalarOf(part),
      gradient: gradient as (...x: Tensor[]) => Tensor[],
    };
  }
}

describe("H v by forward over reverse, reverse over forward and reverse over reverse is one", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { given, x, v, g, gradient } of curved(cases)) {
      const argnums = everyArgument(x);
      const forwardReverse = jvp(gradient, x, v)[1];
      const reverseForward = grad((...at: Tensor[]) => tangentOf(g, at, v), { argnums })(...x);
      const reverseReverse = grad((...at: Tensor[]) => dot(gradient(...at), v), { argnums })(...x);
      forwardReverse.forEach((expected, i) => {
        const scale = largest(expected);
        for (const other of [reverseForward, reverseReverse])
          expectClose(other[i] as Tensor, expected, 1e-12, given.name, () => scale);
      });
    }
  });
});

describe("⟨u, H v⟩ by forward over forward is the same number", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { given, x, v, g, gradient } of curved(cases)) {
      const u = x.map((xi, i) => signed(xi, i + 61));
      const twice = tangentOf((...at) => tangentOf(g, at, v), x, u);
      const expected = dot(jvp(gradient, x, v)[1], u);
      const scale = jvp(gradient, x, v)[1].reduce((total, h) => total + largest(h) * h.size, 0);
      expectClose(twice, expected, 1e-12, given.name, () => scale);
    }
  });
});

describe("H v equals Ridders differences of the gradient at smooth points", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { given, x, v, gradient } of curved(cases)) {
      if (!given.smooth) continue;
      jvp(gradient, x, v)[1].forEach((expected, i) => {
        const part = (...at: Tensor[]) => gradient(...at)[i] as Tensor;
        const data = directional(part, x, v).map(({ value }) => value);
        const scale = Math.max(largest(expected), largest(part(...x)));
        expectClose(expected, { shape: expected.shape, data }, 1e-9, given.name, () => scale);
      });
    }
  });
});
