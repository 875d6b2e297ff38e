import {
  checkpoint,
  grad,
  mul,
  type Tensor,
  tensor,
  trace,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

const two = zeros([2]);
/** A function that TypeScript would refuse. */
const wrong = (f: (x: Tensor) => unknown) => f as (x: Tensor) => Tensor;

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

testMisuses("values that are not known", values);
