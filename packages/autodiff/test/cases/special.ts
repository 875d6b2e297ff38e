// Cases of the primitives that stand apart: casts, barriers to derivatives, random bits and calls.
import {
  astype,
  checkpoint,
  customJvp,
  customVjp,
  mul,
  sin,
  stopGradient,
  type Tensor,
  threefry2x32,
} from "@cotangent/autodiff";
import { applyPrimitive } from "../support/apply.ts";
import { type Case, reshaped, vector } from "../support/case.ts";
import { build, fromData, indices, type Plain } from "../support/plain.ts";
import { sample } from "../support/sample.ts";

const same = (x: Plain) => x;
const each =
  (f: (...x: number[]) => number) =>
  (...xs: Plain[]) =>
    build((xs[0] as Plain).shape, (...index) => f(...xs.map((x) => x.at(...index))));

/** Block j of a row: the cipher of (counter0 + j, counter1) under the row's key. */
const ciphered =
  (blocks: number) =>
  (key: Plain, counter: Plain): Plain => {
    const rows = indices(key.shape.slice(0, -1));
    const data = rows.flatMap((row) =>
      Array.from({ length: blocks }, (_, j) => {
        const at = counter.shape.length > 1 ? row : [];
        return threefry2x32(
          key.at(...row, 0),
          key.at(...row, 1),
          counter.at(...at, 0) + j,
          counter.at(...at, 1),
        );
      }).flat(),
    );
    return fromData([...key.shape.slice(0, -1), 2 * blocks], data);
  };
const encrypt = (blocks: number) => (key: Tensor, counter: Tensor) =>
  applyPrimitive("threefry", { blocks }, key, counter);

const waves = (x: Tensor, y: Tensor) => mul(sin(x), y);
const called = (name: string, run: Case["run"]): Case => ({
  name,
  run,
  inputs: [sample([2, 2], 1), sample([2, 2], 2)],
  expected: each((x, y) => Math.sin(x as number) * (y as number)),
  smooth: true,
  tolerance: 1e-15,
});

export const specialCases = {
  astype: [
    {
      name: "f64 to f32",
      run: (x) => astype(x as Tensor, "f32"),
      inputs: [sample([2, 2], 3)],
      expected: each(Math.fround),
      smooth: false,
    },
    {
      name: "f32 to f64",
      run: (x) => astype(x as Tensor, "f64"),
      inputs: [sample([3], 4, -1, 1, "f32")],
      expected: same,
      smooth: false,
    },
    {
      name: "f64 to i32, which truncates",
      run: (x) => astype(x as Tensor, "i32"),
      inputs: [vector([-1.7, 2.9, 0])],
      expected: each((x) => Math.trunc(x) + 0),
    },
    {
      name: "f64 to bool",
      run: (x) => astype(x as Tensor, "bool"),
      inputs: [vector([-1, 0, 1e-300])],
      expected: each((x) => Number(x !== 0)),
    },
    {
      name: "bool to f64",
      run: (x) => astype(x as Tensor, "f64"),
      inputs: [vector([0, 1], "bool")],
      expected: same,
    },
    {
      name: "i32 to u32",
      run: (x) => astype(x as Tensor, "u32"),
      inputs: [reshaped([3, 7], [2, 1], "i32")],
      expected: same,
    },
    {
      name: "size 0",
      run: (x) => astype(x as Tensor, "f32"),
      inputs: [reshaped([], [0, 2])],
      expected: same,
      smooth: false,
    },
  ],
  stopGradient: [
    {
      name: "a vector",
      run: (x) => stopGradient(x as Tensor),
      inputs: [sample([3], 5)],
      expected: same,
      smooth: false,
    },
    {
      name: "beside a live factor",
      run: (x, y) => mul(stopGradient(x as Tensor), y as Tensor),
      inputs: [sample([3], 6), sample([3], 7)],
      expected: each((x, y) => (x as number) * (y as number)),
      wrt: [1],
      smooth: true,
    },
  ],
  threefry: [
    {
      name: "one key",
      run: encrypt(3) as Case["run"],
      inputs: [vector([1, 2], "u32"), vector([5, 6], "u32")],
      expected: ciphered(3),
    },
    {
      name: "two keys, one counter",
      run: encrypt(2) as Case["run"],
      inputs: [reshaped([1, 2, 0xffffffff, 9], [2, 2], "u32"), vector([0, 1], "u32")],
      expected: ciphered(2),
    },
    {
      name: "no blocks",
      run: encrypt(0) as Case["run"],
      inputs: [vector([1, 2], "u32"), vector([0, 0], "u32")],
      expected: ciphered(0),
    },
  ],
  call: [
    called("checkpoint", checkpoint(waves) as Case["run"]),
    called(
      "a checkpoint in a checkpoint",
      checkpoint((x: Tensor, y: Tensor) => checkpoint(waves)(x, y)) as Case["run"],
    ),
    called(
      "customJvp",
      customJvp(waves, ([x, y], [xDot, yDot]) => [
        waves(x, y),
        mul(mul(x.cos(), y), xDot).add(mul(sin(x), yDot)),
      ]) as Case["run"],
    ),
    called(
      "customVjp",
      customVjp(
        waves,
        (x: Tensor, y: Tensor) => [waves(x, y), [x, y] as const],
        ([x, y], zBar) => [mul(zBar, mul(x.cos(), y)), mul(zBar, sin(x))],
      ) as Case["run"],
    ),
  ],
} satisfies Record<string, readonly Case[]>;
