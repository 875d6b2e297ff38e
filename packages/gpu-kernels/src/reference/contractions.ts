// What the kernels of exact traces mean, in f64.
import { sizeOf } from "../errors.ts";
import type { References } from "./types.ts";
import { at, matrix, sum, vector } from "./values.ts";

export const contractions: Pick<
  References,
  | "basisTangent"
  | "basisWeight"
  | "basisTrace"
  | "basisSeed"
  | "weightTrace"
  | "weightTraceBar"
  | "loopDiagonal"
  | "loopFirstBar"
  | "loopSecondBar"
  | "ring"
  | "ringFirstBar"
  | "ringLastBar"
  | "plus"
  | "times"
> = {
  basisTangent: ({ batch, width, outputs }, { weight }) =>
    matrix(batch * width, outputs, (r, j) => at(weight, outputs, r % width, j)),
  basisWeight: ({ batch, width, outputs }, { uBar }) =>
    matrix(width, outputs, (i, j) => sum(batch, (b) => at(uBar, outputs, b * width + i, j))),
  basisTrace: ({ batch, width }, { t }) =>
    matrix(batch, 1, (b) => sum(width, (i) => at(t, width, b * width + i, i))),
  basisSeed: ({ batch, width }, { w }) =>
    matrix(batch * width, width, (r, j) => (r % width === j ? (w[Math.floor(r / width)] ?? 0) : 0)),
  weightTrace: ({ batch, width }, { weight }) =>
    matrix(batch, 1, () => sum(width, (i) => at(weight, width, i, i))),
  weightTraceBar: ({ batch, width }, { w }) =>
    matrix(width, width, (i, j) => (i === j ? sum(batch, (b) => w[b] ?? 0) : 0)),
  loopDiagonal: ({ width, first }, { weight1, weight2 }) =>
    matrix(first, 1, (k) => sum(width, (i) => at(weight1, first, i, k) * at(weight2, width, k, i))),
  loopFirstBar: ({ width, first }, { qBar, weight2 }) =>
    matrix(width, first, (i, k) => (qBar[k] ?? 0) * at(weight2, width, k, i)),
  loopSecondBar: ({ width, first }, { qBar, weight1 }) =>
    matrix(first, width, (k, i) => (qBar[k] ?? 0) * at(weight1, first, i, k)),
  ring: ({ width, first, second }, { weight1, weight3 }) =>
    matrix(first, second, (j, k) =>
      sum(width, (i) => at(weight1, first, i, j) * at(weight3, width, k, i)),
    ),
  ringFirstBar: ({ width, first, second }, { ringBar, weight3 }) =>
    matrix(width, first, (i, j) =>
      sum(second, (k) => at(ringBar, second, j, k) * at(weight3, width, k, i)),
    ),
  ringLastBar: ({ width, first, second }, { ringBar, weight1 }) =>
    matrix(second, width, (k, i) =>
      sum(first, (j) => at(ringBar, second, j, k) * at(weight1, first, i, j)),
    ),
  plus: ({ shape }, { p, q }) => vector(sizeOf(shape), (i) => (p[i] ?? 0) + (q[i] ?? 0)),
  times: ({ shape }, { p, q }) => vector(sizeOf(shape), (i) => (p[i] ?? 0) * (q[i] ?? 0)),
};
