import { linearize, type Tensor, transpose, vjp } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries, cases, type PrimitiveName } from "../cases.ts";
import { type Case, differentiable, tangentOf } from "../support/case.ts";
import { epsilon, expectClose, expectSameBits } from "../support/close.ts";
import { pairing } from "../support/pairing.ts";
import { signed } from "../support/sample.ts";

describe("⟨w, J v⟩ = ⟨Jᵀ w, v⟩ to rounding, for signed w and v", () => {
  test.each(caseEntries)("%s", (_name, given) => {
    for (const each of given) {
      const part = differentiable(each);
      if (part === null) continue;
      const { f, x } = part;
      const v = x.map((xi, i) => signed(xi, i + 11));
      const [y, pullback] = vjp(f, x);
      const w = signed(y, 23);
      const forward = pairing([w], [tangentOf(f, x, v)]);
      const reverse = pairing(pullback(w), v);
      const unit = Math.max(...[y, ...x].map(({ dtype }) => epsilon(dtype)));
      const bound = 32 * unit * (forward.magnitude + reverse.magnitude);
      expect(Math.abs(forward.value - reverse.value), each.name).toBeLessThanOrEqual(bound);
    }
  });
});

describe("linearize's tangent map is jvp, and its transpose is vjp's pullback", () => {
  test.each(caseEntries)("%s", (_name, given) => {
    for (const each of given) {
      const part = differentiable(each);
      if (part === null) continue;
      const { f, x } = part;
      const v = x.map((xi, i) => signed(xi, i + 31));
      const [y, tangentMap] = linearize(f, x);
      expectSameBits(y, f(...x), each.name);
      expectSameBits(tangentMap(...v), tangentOf(f, x, v), each.name);
      const w = signed(y, 37);
      const bars = transpose(tangentMap, x)(w);
      const expected = vjp(f, x)[1](w);
      bars.forEach((bar, i) => {
        expectSameBits(bar, expected[i] as Tensor, each.name);
      });
    }
  });
});

/** The primitives that are linear in one input with the others fixed. */
const linear: readonly PrimitiveName[] = [
  "add",
  "sub",
  "neg",
  "mul",
  "div",
  "matmul",
  "sum",
  "cumsum",
  "reshape",
  "broadcastTo",
  "permute",
  "slice",
  "concat",
  "gather",
  "scatterAdd",
  "where",
  "astype",
];

/** f as a linear function of input `i`: the other inputs are 0 where they add, themselves where they multiply. */
function linearIn({ run, inputs }: Case, i: number, name: PrimitiveName): Case["run"] {
  const additive = ["add", "sub", "where", "concat"].includes(name);
  return (x) =>
    run(
      ...inputs.map((other, j) =>
        j === i ? x : additive && other.dtype !== "bool" ? other.mul(0) : other,
      ),
    );
}

describe("the transpose of the transpose is the linear map itself", () => {
  test.each(linear)("%s", (name) => {
    for (const each of cases[name]) {
      const part = differentiable(each);
      if (part === null) continue;
      each.inputs.forEach((x, i) => {
        if ((x.dtype !== "f64" && x.dtype !== "f32") || (name === "div" && i === 1)) return;
        const f = linearIn(each, i, name);
        const y = f(x);
        const once = (bar: Tensor) => transpose(f, [x])(bar)[0] as Tensor;
        const twice = (xi: Tensor) => transpose(once, [y])(xi)[0];
        const v = signed(x, 41 + i);
        expectClose(twice(v), f(v), epsilon(y.dtype) * 16, each.name, () => 1);
      });
    }
  });
});
