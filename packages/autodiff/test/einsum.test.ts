import { einsum, grad, sum, type Tensor, tensor, vmap } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { tangentOf } from "./support/case.ts";
import { expectClose } from "./support/close.ts";
import { directional } from "./support/differences.ts";
import { build, indices, type Plain, plain } from "./support/plain.ts";
import { sample, signed } from "./support/sample.ts";

const lengths: Readonly<Record<string, number>> = { i: 2, j: 3, k: 4, b: 2, l: 2 };

/** Loops over every name: those of the result outside, the others summed inside. */
function loops(spec: string, operands: readonly Plain[]): Plain {
  const [left, right = ""] = spec.split("->") as [string, string];
  const names = left.split(",");
  const result = spec.includes("->")
    ? right
    : [...new Set(left.replace(",", ""))]
        .filter((name) => left.split(name).length === 2)
        .sort()
        .join("");
  const summed = [...new Set(left.replaceAll(",", ""))].filter((name) => !result.includes(name));
  const shapeOf = (list: readonly string[]) => list.map((name) => lengths[name] as number);
  return build(shapeOf([...result]), (...outer) =>
    indices(shapeOf(summed))
      .map((inner) => {
        const at = (name: string) =>
          (result.includes(name)
            ? outer[result.indexOf(name)]
            : inner[summed.indexOf(name)]) as number;
        return operands.reduce(
          (product, x, k) => product * x.at(...[...(names[k] as string)].map(at)),
          1,
        );
      })
      .reduce((a, b) => a + b, 0),
  );
}

const specs = [
  "i->i",
  "ij->ji",
  "ij->",
  "ij->j",
  "ij->i",
  "i,i->",
  "i,j->ij",
  "i,i->i",
  "ij,jk->ik",
  "ij,jk->ki",
  "ij,ij->",
  "ij,ij->i",
  "bij,bjk->bik",
  "bij,jk->bik",
  "ij,jk,k->i",
  "i,j,k->kji",
  "ij,k->i",
  "ii->i",
  "ii->",
  "iil,l->i",
  "bij,bik->jk",
  "ij,jk",
  "ji",
  ",i->i",
];

const operandsOf = (spec: string, seed: number): Tensor[] =>
  (spec.split("->")[0] as string).split(",").map((names, k) =>
    sample(
      [...names].map((name) => lengths[name] as number),
      seed + k,
    ),
  );

describe("einsum equals loops over all names", () => {
  test.each(specs)("%s", (spec) => {
    const xs = operandsOf(spec, 1);
    expectClose(einsum(spec, ...xs), loops(spec, xs.map(plain)), 1e-14, spec, () => 1);
  });
});

describe("the derivatives of einsum equal differences, and vmap a loop", () => {
  test.each(specs)("%s", (spec) => {
    const xs = operandsOf(spec, 11);
    const f = (...at: Tensor[]) => einsum(spec, ...at);
    const v = xs.map((x, i) => signed(x, i + 3));
    const yDot = tangentOf(f, xs, v);
    const data = directional(f, xs, v).map(({ value }) => value);
    expectClose(yDot, { shape: yDot.shape, data }, 1e-10, spec, () => 10);
    const y = vmap(f)(...xs.map((x) => x.expandDims(0)));
    expectClose(y.squeeze(0), f(...xs), 1e-14, spec, () => 1);
  });
});

test("spaces in a spec do not matter", () => {
  const [a, b] = [sample([2, 3], 1), sample([3, 4], 2)];
  expect(einsum(" ij , jk -> ik ", a, b).toArray()).toEqual(einsum("ij,jk->ik", a, b).toArray());
});

test("the gradient of a bilinear form xᵀ A y in A is the outer product x yᵀ", () => {
  const [x, y] = [tensor([1, 2]), tensor([3, 5, 7])];
  const gradient = grad((a: Tensor) => sum(einsum("i,ij,j->", x, a, y)))(sample([2, 3], 5));
  expect(gradient.toArray()).toEqual([
    [3, 5, 7],
    [6, 10, 14],
  ]);
});
