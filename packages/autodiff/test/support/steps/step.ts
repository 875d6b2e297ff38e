// The steps of random programs: operations damped so that values stay within about ±2.
//
// A step sees the shape of its operand and a number p that settles every choice (axis, bounds, variant).
import { mul, type Shape, type Tensor, tanh, tensor } from "@cotangent/autodiff";

/** `other(fits)` is an earlier value whose shape fits, or x itself. */
export type Other = (fits: (shape: Shape) => boolean) => Tensor;
export interface Step {
  readonly name: string;
  apply(x: Tensor, other: Other, p: number): Tensor;
}

/** Whether a shape broadcasts with that of x. */
const broadcasts = (x: Tensor) => (shape: Shape) =>
  shape.every((length, axis) => {
    const own = x.shape[axis - shape.length + x.shape.length] ?? 1;
    return length === own || length === 1 || own === 1;
  });
export const half = (x: Tensor): Tensor => mul(0.5, x);
/** Small enough to take products of. */
export const damped = (x: Tensor): Tensor => mul(0.7, tanh(x));

/** A step of one value. */
export const one = (name: string, f: (x: Tensor, p: number) => Tensor): Step => ({
  name,
  apply: (x, _other, p) => f(x, p),
});
/** A step of one value along an axis; a scalar, which has none, is only scaled. */
export const along = (name: string, f: (x: Tensor, axis: number, p: number) => Tensor): Step =>
  one(name, (x, p) => (x.shape.length === 0 ? mul(0.9, x) : f(x, p % x.shape.length, p)));
/** A step of two values that broadcast. */
export const two = (name: string, f: (x: Tensor, y: Tensor) => Tensor): Step => ({
  name,
  apply: (x, other) => f(x, other(broadcasts(x))),
});

/** true, false, true, … in the shape of x. */
export const alternating = ({ shape, size }: Tensor): Tensor =>
  tensor(
    Array.from({ length: size }, (_, i) => i % 2 === 0),
    { shape, dtype: "bool" },
  );
export const bounds = (x: Tensor, axis: number, at: number): (number | null)[] =>
  x.shape.map((_, i) => (i === axis ? at : null));
