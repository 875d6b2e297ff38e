// What the kernels that pick rows and draw noise mean; the bits are the engine's own.
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import type { References } from "./types.ts";
import { at, matrix, type Values, vector } from "./values.ts";

export const draws: Pick<
  References,
  "takeRows" | "perturb" | "gaussianTarget" | "normal" | "rademacher"
> = {
  takeRows: ({ batch, width, total }, { x, first }) =>
    matrix(batch, width, (b, j) => at(x, width, Math.min((first[0] ?? 0) + b, total - 1), j)),
  perturb: ({ batch, width }, { x, epsilon, sigma }) =>
    vector(batch * width, (i) => (x[i] ?? 0) + (sigma[0] ?? 0) * (epsilon[i] ?? 0)),
  gaussianTarget: ({ batch, width }, { epsilon, sigma }) =>
    vector(batch * width, (i) => -(epsilon[i] ?? 0) / (sigma[0] ?? 0)),
  normal: ({ rows, columns, total }, { keys, at: step, first }) => {
    const half = Math.ceil((total * columns) / 2);
    const bits = random.bits(keyOf(keys, step[0] ?? 0), [2 * half]).data;
    const unit = (i: number): number => ((bits[i] ?? 0) >>> 8) * 2 ** -24;
    return vector(rows * columns, (offset) => {
      const i = (first[0] ?? 0) * columns + offset;
      const pair = i % half;
      const radius = Math.sqrt(-2 * Math.log1p(-unit(pair)));
      const angle = 2 * Math.PI * unit(half + pair);
      return radius * (i < half ? Math.cos(angle) : Math.sin(angle));
    });
  },
  rademacher: ({ rows, columns, total }, { keys, at: step, first }) => {
    const bits = random.bits(keyOf(keys, step[0] ?? 0), [total * columns]).data;
    const from = (first[0] ?? 0) * columns;
    return vector(rows * columns, (i) => ((bits[from + i] ?? 0) >>> 31 === 1 ? -1 : 1));
  },
};

/** keys: [steps, 4] in halves of 16 bits; the key of one step. */
function keyOf(keys: Values, step: number): Tensor {
  const half = (i: number): number => keys[4 * step + i] ?? 0;
  return tensor(Uint32Array.of(half(0) * 65536 + half(1), half(2) * 65536 + half(3)));
}
