// A handful of printed graphs: what each transformation makes, in full.
import {
  add,
  checkpoint,
  eliminateCommonSubexpressions,
  eliminateDeadCode,
  grad,
  jvp,
  linearize,
  matmul,
  mean,
  mul,
  print,
  sin,
  square,
  sub,
  type Tensor,
  tanh,
  toDot,
  trace,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";

/** The text without the indentation of the template literal that it stands in. */
const text = (strings: TemplateStringsArray): string =>
  (strings[0] as string).replace(/^\n|\n *$/g, "").replace(/^ {4}/gm, "");

test("the example of the design page: matmul, then tanh", () => {
  const graph = trace((x: Tensor, w: Tensor) => tanh(matmul(x, w)))(zeros([3]), zeros([3, 2]));
  expect(print(graph)).toBe(text`
    { x:f64[3], w:f64[3,2] .
      let a:f64[2] = matmul x w
          b:f64[2] = tanh a
      in b }
  `);
});

test("constants stand behind the inputs, scalars where they are used", () => {
  const shift = zeros([2]);
  const graph = trace((x: Tensor) => [mul(add(x, shift), 0.5), x] as const)(zeros([2]));
  expect(print(graph)).toBe(text`
    { x:f64[2] ; a:f64[2] .
      let b:f64[2] = add x a
          c:f64[2] = mul b 0.5
      in (c, x) }
  `);
});

test("jvp: a symbolic zero leaves no mul by 0", () => {
  const f = (x: Tensor, y: Tensor) => mul(sin(x), y);
  const graph = trace(
    (x: Tensor, y: Tensor, xDot: Tensor) => jvp((at: Tensor) => f(at, y), [x], [xDot])[1],
  )(zeros([]), zeros([]), zeros([]));
  expect(print(eliminateDeadCode(graph))).toBe(text`
    { x:f64[], y:f64[], xDot:f64[] .
      let a:f64[] = cos x
          b:f64[] = mul xDot a
          c:f64[] = mul b y
      in c }
  `);
});

test("linearize: residuals are constants, equations are linear in the tangent", () => {
  const [, tangentMap] = linearize((x: Tensor) => mul(sin(x), x), [zeros([2])]);
  expect(print(tangentMap.graph)).toMatchInlineSnapshot(`
    "{ a:f64[2] ; b:f64[2], c:f64[2], d:f64[2] .
      let e:f64[2] = mul a b
          f:f64[2] = mul e c
          g:f64[2] = mul d a
          h:f64[2] = add f g
      in h }"
  `);
});

test("grad of a small network's mean squared error", () => {
  const loss = (w: Tensor, x: Tensor, y: Tensor) => mean(square(sub(tanh(matmul(x, w)), y)));
  const graph = trace((w: Tensor, x: Tensor, y: Tensor) => grad(loss)(w, x, y))(
    zeros([3, 1]),
    zeros([8, 3]),
    zeros([8, 1]),
  );
  expect(print(eliminateCommonSubexpressions(eliminateDeadCode(graph)))).toMatchInlineSnapshot(`
    "{ w:f64[3,1], x:f64[8,3], y:f64[8,1] ; a:f64[8,1] .
      let b:f64[8,1] = matmul x w
          c:f64[8,1] = tanh b
          d:f64[8,1] = sech2 b
          e:f64[8,1] = sub c y
          f:f64[8,1] = mul e a
          g:f64[8,1] = mul a e
          h:f64[8,1] = add f g
          i:f64[8,1] = mul h d
          j:f64[3,8] = permute[axes=[1,0]] x
          k:f64[3,1] = matmul j i
      in k }"
  `);
});

test("vmap: one equation for the whole batch, the shared matrix unmapped", () => {
  const graph = trace((x: Tensor, w: Tensor) => vmap((row: Tensor) => tanh(matmul(row, w)))(x))(
    zeros([5, 3]),
    zeros([3, 2]),
  );
  expect(print(graph)).toMatchInlineSnapshot(`
    "{ x:f64[5,3], w:f64[3,2] .
      let a:f64[5,1,3] = reshape[shape=[5,1,3]] x
          b:f64[5,1,2] = matmul a w
          c:f64[5,2] = reshape[shape=[5,2]] b
          d:f64[5,2] = tanh c
      in d }"
  `);
});

test("checkpoint: a call, with the graph that it runs; its derivative calls again", () => {
  const f = checkpoint((x: Tensor) => sin(sin(x)));
  expect(print(trace((x: Tensor) => f(x))(zeros([2])))).toMatchInlineSnapshot(`
    "{ x:f64[2] .
      let a:f64[2] = call[name=checkpoint residuals=1] x
            { a:f64[2] .
              let b:f64[2] = sin a
                  c:f64[2] = sin b
              in (c) }
      in a }"
  `);
  const graph = trace((x: Tensor) => grad((at: Tensor) => f(at).sum())(x))(zeros([2]));
  expect(print(eliminateDeadCode(graph))).toMatchInlineSnapshot(`
    "{ x:f64[2] ; a:f64[2] .
      let b:f64[2] = call[name=checkpoint residuals=1] x a
      in b }"
  `);
});

test("names of tree leaves say where they are", () => {
  const graph = trace((params: { w: Tensor; b: Tensor }, [x]: readonly [Tensor]) =>
    add(matmul(x, params.w), params.b),
  )({ w: zeros([3, 2]), b: zeros([2]) }, [zeros([3])]);
  expect(print(graph)).toMatchInlineSnapshot(`
    "{ params_b:f64[2], params_w:f64[3,2], x1_0:f64[3] .
      let a:f64[2] = matmul x1_0 params_w
          b:f64[2] = add a params_b
      in b }"
  `);
});

test("after z come aa, ab, …, and names that are taken are left out", () => {
  const graph = trace((x: Tensor) => Array.from({ length: 28 }).reduce<Tensor>((y) => sin(y), x))(
    zeros([]),
  );
  expect(print(graph).split("\n").slice(-4).join("\n")).toBe(text`
          aa:f64[] = sin z
          ab:f64[] = sin aa
          ac:f64[] = sin ab
      in ac }
  `);
});

test("toDot draws each equation as a box, with arrows from its inputs", () => {
  const dot = toDot(trace((x: Tensor) => mul(sin(x), x))(zeros([2])));
  expect(dot).toMatch(/^digraph \{\n[\s\S]*\}$/);
  for (const line of [
    '"x" [label="x:f64[2]", shape=ellipse];',
    '"x" -> "equation 0";',
    '"equation 0" -> "equation 1";',
    '"x" -> "equation 1";',
    '"equation 1" -> "output 0";',
  ])
    expect(dot).toContain(line);
});

test("the same program printed twice is the same text", () => {
  const f = (x: Tensor, w: Tensor) => grad((u: Tensor) => mean(tanh(matmul(x, u))))(w);
  const once = () => print(trace(f)(zeros([4, 3]), zeros([3, 2])));
  expect(once()).toBe(once());
});
