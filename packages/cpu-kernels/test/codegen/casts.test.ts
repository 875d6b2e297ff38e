// astype between all dtypes, to the bit, at the values where conversions differ: JavaScript's typed arrays define them.
import { astype, type DType, type Tensor, tensor } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { expect, test } from "vitest";

const dtypes = ["f64", "f32", "i32", "u32", "bool"] as const satisfies readonly DType[];
const sizes = [
  0,
  0.4,
  0.5,
  1,
  1.5,
  255,
  256.7,
  2 ** 24 + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 5,
  2 ** 52 + 0.5,
  2 ** 53 - 1,
  2 ** 53 + 2,
  2 ** 62 + 2 ** 12,
  2 ** 63,
  2 ** 63 + 2 ** 11,
  3 * 2 ** 62,
  5 * 2 ** 64,
  2 ** 83 + 2 ** 31,
  2 ** 84,
  1e19,
  1e25,
  1e300,
  2 ** -149,
  5e-324,
  Number.POSITIVE_INFINITY,
  Number.NaN,
];
const values = [...sizes, ...sizes.map((x) => -x)];

test.each(dtypes.flatMap((from) => dtypes.map((to) => [from, to] as const)))(
  "%s to %s",
  (from, to) => {
    const x = tensor(values).astype(from);
    const y = compile((a: Tensor) => astype(a, to))(x);
    expect([...y.data]).toEqual([...x.astype(to).data]);
  },
);
