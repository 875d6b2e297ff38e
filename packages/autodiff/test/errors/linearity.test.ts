import {
  concat,
  pad,
  sin,
  type Tensor,
  tensor,
  transpose,
  where,
  zeros,
} from "@cotangent/autodiff";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

const two = zeros([2]);
const identity = (x: Tensor): Tensor => x;
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

testMisuses("functions that are not linear", notLinear);
