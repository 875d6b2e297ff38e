import { type Tensor, tensor } from "@cotangent/autodiff";
import { nameLeaves, unnameLeaves } from "@cotangent/training";
import { expect, test } from "vitest";

const params = {
  layers: [
    { weight: tensor([[1, 2]]), bias: tensor([3, 4]) },
    { weight: tensor([[5], [6]]), bias: tensor([7]) },
  ],
};

test("leaves are named by their path", () => {
  expect(Object.keys(nameLeaves(params)).toSorted()).toEqual([
    "layers.0.bias",
    "layers.0.weight",
    "layers.1.bias",
    "layers.1.weight",
  ]);
  expect(nameLeaves(params, "params")["params.layers.1.bias"]?.toArray()).toEqual([7]);
  expect(nameLeaves(tensor(1), "step").step?.item()).toBe(1);
  expect(nameLeaves({ a: 2, b: Float32Array.of(1) }).b?.dtype).toBe("f32");
});

test("named leaves go back into a tree of the template's structure", () => {
  const template = {
    layers: params.layers.map(({ weight, bias }) => ({ weight: weight.mul(0), bias: bias.mul(0) })),
  };
  const back = unnameLeaves(template, nameLeaves(params, "p"), "p", "x") as typeof params;
  expect(back.layers.map(({ weight }) => weight.toArray())).toEqual([[[1, 2]], [[5], [6]]]);
});

test("another model is refused, by the first tensor that differs", () => {
  const template = { weight: tensor([[1, 2]]) };
  const read = (tensors: { [name: string]: Tensor }) => () =>
    unnameLeaves(template, tensors, "p", "run/x");
  expect(read({})).toThrow(
    "run/x: it holds another model: expected p.weight:f64[1,2], got none of that name",
  );
  expect(read({ "p.weight": tensor([[1, 2, 3]]) })).toThrow(
    "expected p.weight:f64[1,2], got p.weight:f64[1,3]",
  );
  expect(read({ "p.weight": tensor([[1, 2]], { dtype: "f32" }) })).toThrow("got p.weight:f32[1,2]");
  expect(read({ "p.weight": tensor([[1, 2]]), "p.bias": tensor(1) })).toThrow(
    'it also has "p.bias", which this one lacks',
  );
  expect(read({ "p.weight": tensor([[1, 2]]), "pq.bias": tensor(1) })).not.toThrow();
});

test("two leaves of one name are refused", () => {
  expect(() => nameLeaves({ "a.b": tensor(1), a: { b: tensor(2) } })).toThrow(
    'two leaves are both named "a.b"',
  );
});
