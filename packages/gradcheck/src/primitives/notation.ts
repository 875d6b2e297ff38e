// How points are written: a line of text is a list of cases.
//
//   scalars "1 2; 3 4"    arrays "[2,3] i32[2]=0,1; [1]"
import { type DType, type Tensor, tensor } from "@cotangent/autodiff/functions";
import { lengthOf } from "../coordinates.ts";
import { dense } from "./law.ts";
import type { PrimitiveCase } from "./truth.ts";

export type Options = Omit<PrimitiveCase, "inputs">;
export type Cases = readonly PrimitiveCase[];
const numbers = (text: string) => text.split(/[ ,]/).map(Number);

/** "1 2; 3 4": the scalars 1 and 2, then 3 and 4. */
export const scalars = (text: string, options: Options = {}): Cases =>
  text.split("; ").map((row) => ({ inputs: numbers(row).map((x) => tensor(x)), ...options }));
/** "1 2": the scalar 1, then 2. */
export const each = (text: string, options: Options = {}): Cases =>
  scalars(text.replaceAll(" ", "; "), options);

/** "i32[2,2]=1,0,0,0" has these elements; "[2,3]" is f64 with distinct ones, 0.5 ≤ |x| < 1.5. */
export function arrayOf(text: string, seed: number): Tensor {
  const [, dtype = "f64", lengths, values] = /^(\w+)?\[(.*)\](?:=(.*))?$/.exec(text)!;
  const shape = lengths ? numbers(lengths) : [];
  const data = values ? numbers(values) : dense(lengthOf(shape), seed);
  return tensor(data, { shape, dtype: dtype as DType });
}
/** "[2] [3]; [4]": cases of two arrays, then of one. */
export const arrays = (text: string, options: Options = {}): Cases =>
  text.split("; ").map((row) => ({
    inputs: row.split(" ").map((array, i) => arrayOf(array, 4 * i + 1)),
    order: 1,
    ...options,
  }));
/** The same with an object of parameters each. */
export const linear = (...list: readonly (readonly [arrays: string, params: object])[]): Cases =>
  list.flatMap(([text, params]) => arrays(text, { params: { ...params } }));
