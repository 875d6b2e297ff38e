import {
  checkpoint,
  concat,
  evaluate,
  grad,
  jacrev,
  jvp,
  linearize,
  mul,
  pad,
  sin,
  type Tensor,
  tensor,
  trace,
  transpose,
  valueAndGrad,
  vjp,
  vmap,
  where,
  zeros,
} from "@cotangent/autodiff";
import { describe, test } from "vitest";
import { expectError, type Misuse, misuse } from "../support/misuse.ts";

const two = zeros([2]);
const identity = (x: Tensor): Tensor => x;
const whole = tensor(1, { dtype: "i32" });
/** A function that TypeScript would refuse. */
const wrong = (f: (x: Tensor) => unknown) => f as (x: Tensor) => Tensor;
const promised = wrong(async (x) => x);
const asynchronous = [/returned a promise/, /expected/, /only synchronous/, /await/];

const gradients: readonly Misuse[] = [
  misuse(
    "a gradient of a vector",
    () => grad(identity)(two),
    "grad",
    /got f64\[2\]/,
    /expected a float scalar/,
    /sum or mean it, or use jacrev or vjp/,
  ),
  misuse(
    "a gradient of a whole number",
    () => grad((x: Tensor) => x.astype("i32"))(1),
    "grad",
    /got i32\[\]/,
    /expected a float scalar/,
  ),
  misuse(
    "a gradient of a list",
    () => grad(wrong((x) => [x, x]))(1),
    "grad",
    /got \[f64\[\], f64\[\]\]/,
    /expected a float scalar/,
  ),
  misuse(
    "a gradient in a whole number",
    () => grad(identity)(whole),
    "grad",
    /argument 0.*i32\[\]/,
    /expected f64 or f32/,
    /argnums, or use astype/,
  ),
  misuse(
    "a gradient in a tree with a whole number",
    () => grad((x: { a: Tensor; n: Tensor }) => x.a)({ a: tensor(1), n: whole }),
    "grad",
    /i32\[\]/,
    /astype/,
  ),
  misuse(
    "an argument that is not there",
    () => grad(identity, { argnums: 2 as 0 })(1),
    "grad",
    /argnums 2/,
    /expected a position from 0 to 0/,
    /1 argument/,
  ),
  misuse(
    "a value of a vector",
    () => valueAndGrad(identity)(two),
    "grad",
    /got f64\[2\]/,
    /expected a float scalar/,
  ),
  misuse(
    "a Jacobian in a whole number",
    () => jacrev(identity)(whole),
    "jacrev",
    /i32\[\]/,
    /expected f64 or f32/,
  ),
  misuse(
    "a function that returns nothing",
    () => grad(wrong(() => undefined))(1),
    "grad",
    /undefined/,
    /expected/,
  ),
];

const asyncFunctions: readonly Misuse[] = [
  misuse("grad of an async function", () => grad(promised)(1), "grad", ...asynchronous),
  misuse("jvp of an async function", () => jvp(promised, [1], [1]), "jvp", ...asynchronous),
  misuse("vjp of an async function", () => vjp(promised, [1]), "vjp", ...asynchronous),
  misuse(
    "linearize of an async function",
    () => linearize(promised, [1]),
    "linearize",
    ...asynchronous,
  ),
  misuse("vmap of an async function", () => vmap(promised)(two), "vmap", ...asynchronous),
  misuse("trace of an async function", () => trace(promised)(tensor(1)), "trace", ...asynchronous),
  misuse(
    "checkpoint of an async function",
    () => checkpoint(promised)(tensor(1)),
    "checkpoint",
    ...asynchronous,
  ),
];

const trees: readonly Misuse[] = [
  misuse(
    "tangents of another tree",
    () => jvp((x: { a: Tensor }) => x.a, [{ a: 1 }], [{ b: 1 }] as never),
    "jvp",
    /structure \[\{ b: \* \}\]/,
    /expected \[\{ a: \* \}\]/,
    /match leaf by leaf/,
  ),
  misuse(
    "too few tangents",
    () => jvp(identity, [1], [] as never),
    "jvp",
    /structure \[\]/,
    /expected \[\*\]/,
  ),
  misuse(
    "a tangent of another shape",
    () => jvp(identity, [two], [zeros([3])]),
    "jvp",
    /tangent 0 is f64\[3\]/,
    /expected the shape of f64\[2\]/,
  ),
  misuse(
    "a tangent for linearize of another shape",
    () => linearize(identity, [two])[1](zeros([3])),
    "linearize",
    /tangent 0 is f64\[3\]/,
    /expected the shape of f64\[2\]/,
  ),
  misuse(
    "a cotangent of another shape",
    () => vjp(identity, [two])[1](zeros([3])),
    "vjp",
    /cotangent 0 is f64\[3\]/,
    /expected the shape of f64\[2\]/,
  ),
  misuse(
    "a cotangent of another tree",
    () => vjp((x: Tensor) => ({ a: x }), [two])[1](two as never),
    "vjp",
    /structure \*/,
    /expected \{ a: \* \}/,
  ),
  misuse(
    "arguments that a graph was not traced for",
    () => evaluate(trace(identity)(two), [zeros([3])]),
    "evaluate",
    /argument \[0\] is f64\[3\]/,
    /expected f64\[2\]/,
    /trace the function again/,
  ),
  misuse(
    "too many arguments for a graph",
    () => evaluate(trace(identity)(two), [two, 1]),
    "evaluate",
    /structure \[\*, \*\]/,
    /expected \[\*\]/,
  ),
];

const axes: readonly Misuse[] = [
  misuse(
    "an axis that is not there",
    () => vmap(identity, 2)(two),
    "vmap",
    /axis 2/,
    /expected a whole number from -1 to 0/,
  ),
  misuse("a scalar", () => vmap(identity)(1), "vmap", /axis 0/, /expected no axis for a scalar/),
  misuse(
    "sizes that differ",
    () => vmap((x: Tensor, _y: Tensor) => x)(two, zeros([3])),
    "vmap",
    /got \[2, 3\]/,
    /expected one size/,
    /f64\[2\], f64\[3\]/,
  ),
  misuse(
    "nothing mapped",
    () => vmap(identity, null)(two),
    "vmap",
    /no mapped axis/,
    /expected one size/,
  ),
  misuse(
    "axes for fewer arguments",
    () => vmap((x: Tensor, _y: Tensor) => x, [0])(two, two),
    "vmap",
    /inAxes \[0\]/,
    /\[\*, \*\]/,
    /expected one axis, null, or a tree/,
  ),
  misuse(
    "a mapped result without an axis",
    () => vmap(identity, 0, null)(two),
    "vmap",
    /output 0/,
    /expected an axis in outAxes, got null/,
  ),
];

const values: readonly Misuse[] = [
  misuse(
    "item() under trace",
    () => trace((x: Tensor) => mul(x.item(), x))(tensor(1)),
    "trace",
    /value of f64\[\]/,
    /not known/,
    /where\(\)/,
  ),
  misuse(
    "toArray() under trace",
    () => trace(wrong((x) => x.toArray()))(two),
    "trace",
    /value of f64\[2\]/,
    /where\(\)/,
  ),
  misuse(
    "a branch under checkpoint",
    () => checkpoint((x: Tensor) => (x.item() > 0 ? x : x.neg()))(1),
    "checkpoint",
    /not known/,
    /where\(\)/,
  ),
  misuse(
    "a branch under vmap",
    () => vmap((x: Tensor) => (x.item() > 0 ? x : x.neg()))(two),
    "vmap",
    /f64\[\] stands for 2 values/,
    /where\(\)/,
  ),
  misuse(
    "a branch under vmap of grad",
    () => vmap((x: Tensor) => grad((y: Tensor) => (y.item() > 0 ? y : y.neg()))(x))(two),
    "vmap",
    /f64\[\]/,
    /where\(\)/,
  ),
];

const affine = [/affine/, /expected a linear one/, /subtract its value at 0/];
const notLinear: readonly Misuse[] = [
  misuse(
    "sin",
    () => transpose(sin as typeof identity, [0])(1),
    "transpose",
    /sin.*f64\[\]/,
    /expected a linear function/,
    /linearize it first, or use vjp/,
  ),
  misuse(
    "a square",
    () => transpose((x: Tensor) => x.mul(x), [0])(1),
    "transpose",
    /mul of two linear values/,
    /expected one factor/,
  ),
  misuse(
    "a reciprocal",
    () => transpose((x: Tensor) => tensor(1).div(x), [0])(1),
    "transpose",
    /div/,
    /expected a linear function/,
  ),
  misuse("a constant", () => transpose(() => tensor(3), [0] as never)(1), "transpose", ...affine),
  misuse("a shift", () => transpose((x: Tensor) => x.add(1), [0])(1), "transpose", ...affine),
  misuse(
    "a shift to the left",
    () => transpose((x: Tensor) => x.sub(tensor([1, 2])), [two])(two),
    "transpose",
    ...affine,
  ),
  misuse(
    "a constant in a branch",
    () => transpose((x: Tensor) => where(tensor([true, false]), x, 1), [two])(two),
    "transpose",
    ...affine,
  ),
  misuse(
    "padding that is not 0",
    () => transpose((x: Tensor) => pad(x, [[1, 1]], 3), [two])(zeros([4])),
    "transpose",
    ...affine,
  ),
  misuse(
    "a constant beside",
    () => transpose((x: Tensor) => concat([x, tensor([1])]), [two])(zeros([3])),
    "transpose",
    ...affine,
  ),
];

describe.each([
  ["gradients", gradients],
  ["async functions", asyncFunctions],
  ["trees and shapes", trees],
  ["mapped axes", axes],
  ["values that are not known", values],
  ["functions that are not linear", notLinear],
] as const)("errors about %s name operation, got, expected and remedy", (_group, table) => {
  test.each(table.map((row) => [row.what, row] as const))("%s", (_what, row) => expectError(row));
});
