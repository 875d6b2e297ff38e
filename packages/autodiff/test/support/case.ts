// A case of a primitive: an operation, inputs, and what it must give by a formula on plain numbers.
import { type DType, jvp, type Shape, type Tensor, tensor } from "@cotangent/autodiff";
import type { Plain } from "./plain.ts";

export interface Case {
  /** What is special about it, in words. */
  readonly name: string;
  readonly run: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
  readonly expected: (...inputs: Plain[]) => Plain;
  /** False where differences cannot judge: at a kink, a tie, the end of the domain, in f32. */
  readonly smooth?: boolean;
  /** The inputs to differentiate; all floats unless given. */
  readonly wrt?: readonly number[];
  /** Relative tolerance of the closed form; 0 means to the bit. */
  readonly tolerance?: number;
}

export const isFloat = ({ dtype }: { dtype: DType }): boolean => dtype === "f64" || dtype === "f32";

/** The case as a function of the inputs that are differentiated, with the others held fixed. */
export interface Differentiable {
  readonly f: (...x: Tensor[]) => Tensor;
  readonly x: readonly Tensor[];
}

/** Null when no input or no output is a float. */
export function differentiable({ run, inputs, wrt }: Case): Differentiable | null {
  const positions = wrt ?? inputs.flatMap((x, i) => (isFloat(x) ? [i] : []));
  if (positions.length === 0 || !isFloat(run(...inputs))) return null;
  const f = (...x: Tensor[]) => {
    const all = [...inputs];
    positions.forEach((position, i) => {
      all[position] = x[i] as Tensor;
    });
    return run(...all);
  };
  return { f, x: positions.map((position) => inputs[position] as Tensor) };
}

/** ẏ alone. */
export const tangentOf = (
  f: (...x: Tensor[]) => Tensor,
  x: readonly Tensor[],
  xDot: readonly Tensor[],
): Tensor => jvp(f, x as Tensor[], xDot as Tensor[])[1];

export const vector = (values: readonly number[], dtype: DType = "f64"): Tensor =>
  tensor(values, { dtype });
export const reshaped = (values: readonly number[], shape: Shape, dtype: DType = "f64"): Tensor =>
  tensor(values, { shape, dtype });
