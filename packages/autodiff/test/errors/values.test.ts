import {
  add,
  astype,
  einsum,
  gather,
  mul,
  sin,
  type TensorLike,
  tensor,
  where,
  zeros,
} from "@cotangent/autodiff";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

/** A value of a type that TypeScript would refuse. */
const wrong = (x: unknown) => x as TensorLike;
const i32 = (values: readonly number[]) => tensor(values, { dtype: "i32" });

const values: readonly Misuse[] = [
  misuse(
    "an array",
    () => sin(wrong([1, 2])),
    "sin",
    /got \[1, 2\]/,
    /expected a Tensor, number or boolean/,
    /wrap .*tensor\(\[/,
  ),
  misuse(
    "a typed array",
    () => mul(zeros([2]), wrong(new Float64Array(2))),
    "mul",
    /got Float64Array/,
    /expected a Tensor/,
    /tensor\(/,
  ),
  misuse("undefined", () => add(1, wrong(undefined)), "add", /got undefined/, /expected a Tensor/),
  misuse(
    "an array given to a method",
    () => zeros([2]).sub(wrong([1, 2])),
    "sub",
    /got \[1, 2\]/,
    /tensor\(/,
  ),
  misuse(
    "i32 with u32",
    () => add(i32([1]), tensor([1], { dtype: "u32" })),
    "add",
    /i32 and u32/,
    /expected one dtype/,
    /astype/,
  ),
  misuse(
    "an unknown dtype",
    () => astype(1, "f16" as never),
    "astype",
    /f16/,
    /expected one of .*f64/,
  ),
  misuse(
    "a condition that is not bool",
    () => where(1, 2, 3),
    "where",
    /got f64\[\]/,
    /expected a bool/,
    /greater/,
  ),
  misuse(
    "indices that are not whole",
    () => gather(zeros([2]), tensor([1])),
    "gather",
    /got f64\[1\]/,
    /expected i32 or u32/,
    /astype/,
  ),
  misuse(
    "an index too large",
    () => gather(zeros([2]), i32([0, 2])),
    "gather",
    /index 2 \(element 1\)/,
    /expected 0 to 1/,
  ),
  misuse(
    "a negative index",
    () => gather(zeros([2]), i32([-1])),
    "gather",
    /index -1/,
    /expected 0 to 1/,
  ),
];

const sums: readonly Misuse[] = [
  misuse(
    "a spec that is no spec",
    () => einsum("i-j", zeros([2])),
    "einsum",
    /got "i-j"/,
    /expected letters/,
    /ij,jk->ik/,
  ),
  misuse(
    "too few operands",
    () => einsum("ij,jk->ik", zeros([2, 3])),
    "einsum",
    /expected 2 operands/,
  ),
  misuse(
    "an operand of another rank",
    () => einsum("ij->i", zeros([2])),
    "einsum",
    /operand 0.*f64\[2\]/,
    /expected .*ij/,
  ),
  misuse(
    "a name with two lengths",
    () => einsum("ij,jk->ik", zeros([2, 3]), zeros([2, 3])),
    "einsum",
    /j has length 2.*f64\[2,3\]/,
    /expected 3/,
  ),
  misuse(
    "a result that no operand has",
    () => einsum("i->z", zeros([2])),
    "einsum",
    /z/,
    /expected each name once/,
  ),
];

testMisuses("values", values);
testMisuses("einsum", sums);
