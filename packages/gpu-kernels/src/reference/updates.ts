// What the kernels of the optimisers' updates mean, in f64.
import { sizeOf } from "../errors.ts";
import type { References } from "./types.ts";
import { at, vector } from "./values.ts";

export const updates: Pick<
  References,
  "meanGradient" | "meanSquare" | "adamUpdate" | "sgdVelocity" | "sgdUpdate"
> = {
  meanGradient: ({ shape, decay }, { mean, g }) =>
    vector(sizeOf(shape), (i) => decay * (mean[i] ?? 0) + (1 - decay) * (g[i] ?? 0)),
  meanSquare: ({ shape, decay }, { mean, g }) =>
    vector(sizeOf(shape), (i) => decay * (mean[i] ?? 0) + (1 - decay) * (g[i] ?? 0) ** 2),
  adamUpdate: ({ shape, epsilon }, { p, m, v, rates, at: step }) => {
    const [rate, unbias] = [at(rates, 2, step[0] ?? 0, 0), at(rates, 2, step[0] ?? 0, 1)];
    return vector(
      sizeOf(shape),
      (i) => (p[i] ?? 0) - (rate * (m[i] ?? 0)) / (Math.sqrt((v[i] ?? 0) * unbias) + epsilon),
    );
  },
  sgdVelocity: ({ shape, momentum }, { v, g }) =>
    vector(sizeOf(shape), (i) => momentum * (v[i] ?? 0) + (g[i] ?? 0)),
  sgdUpdate: ({ shape }, { p, v, rates, at: step }) =>
    vector(sizeOf(shape), (i) => (p[i] ?? 0) - at(rates, 2, step[0] ?? 0, 0) * (v[i] ?? 0)),
};
