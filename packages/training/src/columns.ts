/** Tables column by column, as plain numbers. */
import type { Tensor } from "@cotangent/autodiff";

/** The columns of [N, d] data. */
export function columnsOf(data: Tensor): Float64Array[] {
  const [n = 0, d = 0] = data.shape;
  return Array.from({ length: d }, (_, j) =>
    Float64Array.from({ length: n }, (_, i) => data.data[i * d + j] as number),
  );
}
