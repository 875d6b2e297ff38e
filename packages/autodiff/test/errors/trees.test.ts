import {
  evaluate,
  jvp,
  linearize,
  type Tensor,
  trace,
  vjp,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

const two = zeros([2]);
const identity = (x: Tensor): Tensor => x;

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
    "jvp of a function alone, as grad takes it",
    () => (jvp as (f: unknown) => unknown)(identity),
    "jvp",
    /jvp: got undefined at the root/,
    /expected tensors, numbers, arrays or plain objects/,
  ),
  misuse(
    "no tangents",
    () => jvp(identity, [1], undefined as never),
    "jvp",
    /jvp: got undefined at the root/,
    /expected tensors, numbers, arrays or plain objects/,
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

testMisuses("trees and shapes", trees);
testMisuses("mapped axes", axes);
