import { grad, jacrev, type Tensor, tensor, valueAndGrad, zeros } from "@cotangent/autodiff";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

const two = zeros([2]);
const identity = (x: Tensor): Tensor => x;
const whole = tensor(1, { dtype: "i32" });
/** A function that TypeScript would refuse. */
const wrong = (f: (x: Tensor) => unknown) => f as (x: Tensor) => Tensor;

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
    /argnums 2, expected a position below 1/,
    /the argument count/,
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

testMisuses("gradients", gradients);
