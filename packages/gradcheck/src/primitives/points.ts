// Where the primitives that move, pick or add elements are checked: steps that skip or turn, ties, repeated
// indices, sizes 0 and 1, several axes.
import {
  checkpoint,
  mul,
  type Params,
  sin,
  type Tensor,
  trace,
} from "@cotangent/autodiff/functions";
import { elementwiseCases } from "./elementwise-points.ts";
import { arrayOf, arrays, type Cases, linear } from "./notation.ts";

/** The parameters of a call, as checkpoint makes one. */
function calledParams(): Params {
  const f = checkpoint((x: Tensor, y: Tensor) => [mul(sin(x), y), y]);
  return trace(f)(arrayOf("[2]", 1), arrayOf("[2]", 5)).equations[0]!.params;
}

/** The cases of every primitive of the engine, by name. */
export const casesOf: Readonly<Record<string, () => Cases>> = {
  ...elementwiseCases,
  reshape: () =>
    linear(["[2,3]", { shape: [3, 2] }], ["[]", { shape: [1, 1] }], ["[0,2]", { shape: [0] }]),
  broadcastTo: () =>
    linear(["[2,1]", { shape: [2, 3] }], ["[1,1]", { shape: [2, 2] }], ["[1]", { shape: [0] }]),
  permute: () => linear(["[2,3]; [0,2]", { axes: [1, 0] }], ["[2,1,3]", { axes: [2, 0, 1] }]),
  slice: () =>
    linear(
      ["[5]", { start: [1], step: [2], shape: [2] }],
      ["[2,3]", { start: [1, 2], step: [-1, -1], shape: [2, 3] }],
      ["[3,2]", { start: [1, 0], step: [1, 1], shape: [0, 2] }],
    ),
  pad: () =>
    linear(
      ["[2]; [0]", { start: [1], step: [2], shape: [5] }],
      ["[2]", { start: [1], step: [1], shape: [3] }],
      ["[2,2]", { start: [0, 2], step: [1, -1], shape: [3, 3] }],
    ),
  concat: () => linear(["[2,1] [2,2]", { axis: 1 }], ["[1] [0] [2]; [2]", { axis: 0 }]),
  sum: () =>
    linear(
      ["[2,3]; [4]=1e16,1,-1e16,1e-8", { axes: [0] }],
      ["[2,3]; [2,0]", { axes: [0, 1] }],
      ["[2,1,2]", { axes: [1, 2] }],
    ),
  max: () => [
    ...linear(
      ["[2,3]; [0,2]", { axes: [1] }],
      ["[2,2,1]", { axes: [0, 2] }],
      ["[1]", { axes: [0] }],
    ),
    ...arrays("[4]=2,2,1,2", { params: { axes: [0] }, jacobian: [[1 / 3, 1 / 3, 0, 1 / 3]] }),
    ...arrays("[2]=0,-0", { params: { axes: [0] }, jacobian: [[0.5, 0.5]] }),
  ],
  argmax: () =>
    linear(["[2,3]", { axes: [1] }], ["[6]=1,3,3,NaN,4,NaN; i32[3]=5,5,7", { axes: [0] }]),
  cumsum: () =>
    [false, true].flatMap((reverse) =>
      linear(["[2,3]; [3]", { axis: 0, reverse }], ["[2,0]; [2,2]", { axis: 1, reverse }]),
    ),
  argsort: () => arrays("[7]=3,1,2,1,NaN,-0,0; [2,3]; [2,0]; i32[3]=2,-5,2"),
  gather: () =>
    linear(
      ["[3] i32[3]=2,0,2; [3,2] u32[2,1]=1,1; [2] i32[0]; i32[2]=5,6 i32[1]=1", { members: 1 }],
      ["[4] i32[2,2]=1,0,0,0", { members: 2 }],
    ),
  scatterAdd: () =>
    linear(
      ["[3] i32[3]=2,0,2; [2,1,2] u32[2,1]=1,1; [0] i32[0]", { members: 1, length: 3 }],
      ["[2,2] i32[2,2]=1,0,0,0", { members: 2, length: 2 }],
    ),
  matmul: () => [
    ...arrays("[3] [3]; [2] [2,2]; [2,2] [2]; [1,2] [2,1]; [2,0] [0,2]", { order: 2 }),
    ...arrays("[2,3] [3,2]; [2,2,2] [2,1]; [2,1,2] [2,2,1]; [1,2,1] [2,1,2]"),
  ],
  astype: () =>
    linear(
      ["[3]", { dtype: "f32" }],
      ["f32[2]; bool[2]=0,1", { dtype: "f64" }],
      ["[4]=-1.7,2.9,3e9,-0.5", { dtype: "i32" }],
      ["[3]=-1,0,5e-324", { dtype: "bool" }],
      ["i32[2]=-1,7", { dtype: "u32" }],
    ),
  threefry: () =>
    linear(["u32[2]=1,2 u32[2]=0,3; u32[2,2]=1,2,4294967295,9 u32[2]=4294967295,3", { blocks: 2 }]),
  call: () => arrays("[2] [2]", { params: calledParams(), order: 2 }),
};
