import * as engine from "@cotangent/autodiff";
import { add, sum, Tensor, tensor } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("every operation that takes a tensor first is also a method", () => {
  const listed =
    `add sub mul div pow neg abs sign square sqrt exp expm1 log log1p sin cos tan asin acos atan atan2 sinh cosh tanh
    sigmoid softplus relu silu gelu erf floor ceil round mod maximum minimum greater less equal greaterEqual lessEqual
    notEqual sum mean max min prod logsumexp softmax logSoftmax cumsum reshape permute broadcastTo expandDims squeeze
    slice pad gather flip matmul stopGradient astype argmax argsort sort norm variance`.split(
      /\s+/,
    );

  test.each(listed)("%s", (name) => {
    expect(typeof (engine as Record<string, unknown>)[name]).toBe("function");
    expect(typeof (Tensor.prototype as unknown as Record<string, unknown>)[name]).toBe("function");
  });

  test("and gives the same", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.sum(0).toArray()).toEqual(sum(x, 0).toArray());
    expect(x.add(1).toArray()).toEqual(add(x, 1).toArray());
    expect(x.less(3).toArray()).toEqual([
      [true, true],
      [false, false],
    ]);
  });
});

describe("the other public names are there", () => {
  const names =
    `tensor zeros ones full arange linspace eye where concat stack einsum jvp vjp linearize transpose grad valueAndGrad
    jacfwd jacrev hessian hvp vmap checkpoint customJvp customVjp trace evaluate print toDot toJSON fromJSON checkGraph
    eliminateDeadCode eliminateCommonSubexpressions primitive debug`.split(/\s+/);

  test.each(names)("%s", (name) => {
    expect(typeof (engine as Record<string, unknown>)[name]).toBe("function");
  });

  test("random and tree hold functions", () => {
    for (const name of [
      "key",
      "split",
      "foldIn",
      "bits",
      "uniform",
      "normal",
      "rademacher",
      "permutation",
    ])
      expect(typeof (engine.random as Record<string, unknown>)[name]).toBe("function");
    for (const name of ["flatten", "unflatten", "map", "leaves"])
      expect(typeof (engine.tree as Record<string, unknown>)[name]).toBe("function");
  });
});
