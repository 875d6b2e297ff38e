// What goes wrong is named: the operation, the place, what was expected, what came.
import { ones, random, type Tensor, type Tree, vmap, zeros } from "@cotangent/autodiff";
import { mlp } from "@cotangent/losses";
import { describe, expect, it } from "vitest";
import { deviceMlp, networkPrimitives } from "../../src/index.ts";

const network = deviceMlp();
const params = mlp({ sizes: [2, 5, 3] }).init(random.key(0));
const [first, second] = params.layers as [(typeof params.layers)[0], (typeof params.layers)[0]];
const x = ones([4, 2]);

describe("deviceMlp refuses", () => {
  it.each<[string, Tree, Tensor, RegExp]>([
    [
      "rows of another width",
      params,
      ones([4, 3]),
      /deviceMlp: expected x to be \[batch, 2\], got \[4, 3\]/,
    ],
    [
      "a single row without its axis",
      params,
      ones([2]),
      /expected x to be \[batch, 2\], got \[2\]/,
    ],
    [
      "a batch of batches",
      params,
      ones([1, 4, 2]),
      /expected x to be \[batch, 2\], got \[1, 4, 2\]/,
    ],
    [
      "layers that do not follow each other",
      { layers: [first, first] },
      x,
      /expected layers\[1\].weight to be \[5, width 2\], got \[2, 5\]/,
    ],
    [
      "a bias of another width",
      { layers: [{ ...first, bias: zeros([4]) }, second] },
      x,
      /expected layers\[0\].bias to be \[5\], got \[4\]/,
    ],
    [
      "a bias as a row",
      { layers: [{ ...first, bias: zeros([1, 5]) }, second] },
      x,
      /expected layers\[0\].bias to be \[5\], got \[1, 5\]/,
    ],
    ["no layers", { layers: [] }, x, /expected at least one layer/],
    ["a tree of another kind", { w: x }, x, /expected parameters \{ layers: .* got keys \{ w \}/],
    ["nothing for parameters", null as unknown as Tree, x, /expected parameters \{ layers: /],
    ["a tensor for parameters", x, x, /expected parameters \{ layers: /],
    [
      "nothing where a layer should be",
      { layers: [null] } as unknown as Tree,
      x,
      /layers\[0\].weight to be a tensor in f64 or f32, got undefined/,
    ],
    [
      "a layer without bias",
      { layers: [{ weight: x }] },
      x,
      /layers\[0\].bias to be a tensor in f64 or f32, got undefined/,
    ],
    [
      "whole numbers",
      params,
      ones([4, 2], { dtype: "i32" }),
      /expected x to be a tensor in f64 or f32, got i32\[4,2\]; .*astype/,
    ],
  ])("%s", (_, tree, rows, message) => {
    expect(() => network(tree, rows)).toThrow(message);
    expect(() => network(tree, rows)).toThrow(TypeError);
  });

  it("an activation without kernels", () => {
    expect(() => deviceMlp({ activation: "gelu" as "silu" })).toThrow(
      /expected an activation with kernels, one of tanh, .*identity, got "gelu"; for others take mlp/,
    );
  });
  it("the trace of a Jacobian that is not square", () => {
    expect(() => network.jacobianTrace(params, x)).toThrow(
      /as wide at the end as at the start, got sizes \[2,5,3\]/,
    );
  });
  it("members of a batch of the wrong width, by their own shape", () => {
    expect(() => vmap((z: Tensor) => network(params, z))(ones([7, 4, 3]))).toThrow(/got \[4, 3\]/);
  });
});

describe("the family refuses", () => {
  const named = (name: string) => networkPrimitives.find((one) => one.name === name)!;
  it("operands that do not fit, in traced graphs too", () => {
    const shapes = (name: string, ...specs: number[][]) =>
      named(name).shape(
        specs.map((shape) => ({ shape, dtype: "f64" as const })),
        { activation: "tanh", order: 1 },
      );
    expect(() => shapes("denseTangent", [4, 2], [3, 5])).toThrow(
      /denseTangent: expected weight to be \[2, outputs\], got \[3, 5\]/,
    );
    expect(() => shapes("denseBackwardInput", [4, 2], [3, 5])).toThrow(
      /weight to be \[inputs, 2\], got \[3, 5\]/,
    );
    expect(() => shapes("denseBackwardWeight", [4, 2], [3, 5])).toThrow(
      /y to be \[4, outputs\], got \[3, 5\]/,
    );
    expect(() => shapes("dense", [4, 2], [2, 5], [2])).toThrow(/bias to be \[5\], got \[2\]/);
    expect(() => shapes("scaleByDerivative", [4, 2], [4, 3])).toThrow(
      /z to be \[4, 2\], got \[4, 3\]/,
    );
    expect(() => shapes("activation", [4])).toThrow(/a to be \[batch, width\], got \[4\]/);
    expect(() => shapes("denseBackwardBias", [4])).toThrow(/y to be \[batch, outputs\], got \[4\]/);
  });
  it("to be transposed where it is not linear", () => {
    const spec = (shape: number[]) => ({ shape, dtype: "f64" as const });
    const back =
      (name: string, y: number[], ...inputs: (number[] | Tensor)[]) =>
      () =>
        named(name).transpose(
          [ones(y)],
          inputs.map((input) => (Array.isArray(input) ? spec(input) : input)),
          { activation: "tanh", order: 1 },
        );
    expect(back("mlp", [4, 3], [4, 2], [2, 3], [3])).toThrow(/mlp .* is not linear/);
    expect(back("activation", [4, 2], [4, 2])).toThrow(/activation .* is not linear/);
    expect(back("scaleByDerivative", [4, 2], [4, 2], x)).toThrow(/not linear/);
    expect(back("denseTangent", [4, 3], [4, 2], [2, 3])).toThrow(/denseTangent .* not linear/);
    // Affine in the weight alone: the bias stands by itself.
    expect(back("dense", [4, 3], x, [2, 3], zeros([3]))).toThrow(/dense .* not linear/);
    expect(back("dense", [4, 3], [4, 2], zeros([2, 3]), zeros([3]))).toThrow(/not linear/);
  });
});

it("a batch without rows has no rows", () => {
  expect(network(params, zeros([0, 2])).shape).toEqual([0, 3]);
});
