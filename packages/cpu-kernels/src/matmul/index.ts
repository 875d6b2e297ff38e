// Matrix products for a module: packing, the register tile, and paths of their own for thin and small matrices.

export type { Float } from "./arithmetic.ts";
export type { Blocking } from "./blocking.ts";
export { matmul } from "./matmul.ts";
export { peak, peakFlops } from "./peak.ts";
export type { Matmul, Product } from "./product.ts";
