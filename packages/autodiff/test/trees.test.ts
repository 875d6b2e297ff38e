import {
  grad,
  jacfwd,
  jvp,
  mul,
  type Tensor,
  tensor,
  trace,
  tree,
  vjp,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("flatten and unflatten", () => {
  test("put every leaf back where it was", () => {
    const given = { layers: [{ w: tensor([1, 2]), b: tensor(3) }], scale: tensor(4), none: [] };
    const { leaves, structure } = tree.flatten(given);
    expect(tree.unflatten(structure, leaves)).toEqual(given);
  });

  test("visit keys in sorted order, so that their order in the source does not matter", () => {
    const [first, second] = [tree.flatten({ b: 1, a: 2 }), tree.flatten({ a: 2, b: 1 })];
    expect(first.leaves.map((x) => x.item())).toEqual([2, 1]);
    expect(first.structure).toEqual(second.structure);
    expect(JSON.stringify(first.structure)).toBe(JSON.stringify(second.structure));
  });

  test("make tensors of numbers, booleans and typed arrays", () => {
    const leaves = tree.leaves([1, true, new Float32Array(2), Int32Array.of(3)]);
    expect(leaves.map(({ dtype, shape }) => `${dtype}[${shape}]`)).toEqual([
      "f64[]",
      "bool[]",
      "f32[2]",
      "i32[1]",
    ]);
  });

  test("take a tensor alone for a tree of one leaf", () => {
    const x = tensor([1, 2]);
    const { leaves, structure } = tree.flatten(x);
    expect(leaves).toEqual([x]);
    expect(tree.unflatten(structure, leaves)).toBe(x);
  });

  test("accept objects without a prototype", () => {
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(tree.leaves(bare)).toHaveLength(1);
  });
});

describe("map", () => {
  test("applies a function leaf by leaf to trees of one structure", () => {
    const sums = tree.map(
      (x: Tensor, y: Tensor) => x.add(y),
      { a: 1, b: [2, 3] },
      { b: [20, 30], a: 10 },
    );
    expect(sums.a.item()).toBe(11);
    expect(sums.b.map((x) => x.item())).toEqual([22, 33]);
  });
});

describe("transformations keep trees", () => {
  const params = { w: tensor([1, 2]), nested: { b: [tensor(3)] } };
  type Params = typeof params;
  const loss = ({ w, nested }: Params) => mul(w.square(), nested.b[0] as Tensor).sum();

  test("grad gives a tree like its argument", () => {
    const g = grad(loss)(params);
    expect(g.w.toArray()).toEqual([6, 12]);
    expect(g.nested.b[0]?.item()).toBe(5);
  });

  test("grad of two arguments gives a list of two trees", () => {
    const f = (p: Params, x: { y: Tensor }) => mul(loss(p), x.y);
    const [p, x] = grad(f, { argnums: [0, 1] })(params, { y: tensor(2) }) as [
      Params,
      { y: Tensor },
    ];
    expect(p.w.toArray()).toEqual([12, 24]);
    expect(x.y.item()).toBe(15);
  });

  test("jvp and vjp take and give trees", () => {
    const f = ({ w }: Params) => ({ double: w.mul(2), list: [w] });
    const [y, yDot] = jvp(f, [params], [params]);
    expect(y.double.toArray()).toEqual([2, 4]);
    expect(yDot.list[0]?.toArray()).toEqual([1, 2]);
    const [, pullback] = vjp(f, [params]);
    const [bar] = pullback({ double: tensor([1, 1]), list: [tensor([5, 6])] });
    expect(bar.w.toArray()).toEqual([7, 8]);
    expect(bar.nested.b[0]?.item()).toBe(0);
  });

  test("vmap maps the leaves that a prefix of axes names, and shares the rest", () => {
    const f = ({ w, nested }: Params, x: Tensor) => ({
      y: mul(w.mul(nested.b[0] as Tensor), x),
      b: nested.b[0] as Tensor,
    });
    const axes = [{ w: null, nested: null }, 0];
    const y = vmap(f, axes, { y: 1, b: null })(params, tensor([1, 10, 100]));
    expect(y.y.shape).toEqual([2, 3]);
    expect(y.y.toArray()).toEqual([
      [3, 30, 300],
      [6, 60, 600],
    ]);
    expect(y.b.item()).toBe(3);
  });

  test("Jacobians have the input's tree at each leaf of the output's", () => {
    const J = jacfwd(({ w }: Params) => ({ out: w.square() }))(params);
    expect(J.out.w.toArray()).toEqual([
      [2, 0],
      [0, 4],
    ]);
    expect(J.out.nested.b[0]?.shape).toEqual([2]);
  });

  test("a traced graph evaluates to the function's tree", () => {
    const graph = trace(({ w }: Params) => ({ w, list: [w] }))(params);
    expect(graph.outTree).toEqual({ w: null, list: [null] });
    expect(graph.inputs).toHaveLength(2);
  });

  test("empty trees are trees: nothing to differentiate gives nothing", () => {
    expect(grad((_none: Record<string, Tensor>, x: Tensor) => x)({}, zeros([]))).toEqual({});
  });
});
