// Which band a kernel is in.
import type { Band, Program } from "./program.ts";

/** The band of the kernel with this number; null for kernels that run on their own. */
export function bandOf({ bands = [] }: Pick<Program, "bands">, kernel: number): Band | null {
  const isIn = ({ first, kernels }: Band): boolean => kernel >= first && kernel < first + kernels;
  return bands.find(isIn) ?? null;
}
