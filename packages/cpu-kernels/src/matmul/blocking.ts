// Block sizes of the general path, as measured: docs/design/matmul.md has the figures.

/** The register tile, and the blocks that stay in the caches. */
export interface Blocking {
  /** Rows of the register tile. */
  readonly height: number;
  /** Vectors across the register tile. */
  readonly vectors: number;
  /** Depth steps per turn of the micro-kernel's loop. */
  readonly unroll: number;
  /** Depth per block: with it, a panel of B stays in the first cache level. */
  readonly depth: number;
  /** Register tiles per block of rows: with its depth, a block of A stays in the second cache level. */
  readonly tiles: number;
}

/** Sums are the shorter part of a chain mul, add: eight suffice. More, or a longer turn, make the compiler spill. */
const UNFUSED: Blocking = { height: 4, vectors: 2, unroll: 1, depth: 512, tiles: 12 };

/** Twelve chains hide the latency of a fused multiply-add, four cycles on each of two units. */
const FUSED: Blocking = { height: 6, vectors: 2, unroll: 2, depth: 512, tiles: 12 };

export function blockingFor(fused: boolean): Blocking {
  return fused ? FUSED : UNFUSED;
}

/** The depth of equal blocks, in whole turns. */
export function depthBlock(depth: number, { depth: most, unroll }: Blocking): number {
  const blocks = Math.ceil(depth / most);
  return Math.ceil(depth / blocks / unroll) * unroll;
}

/** Bytes of B that stay in the second cache level beside a block of A. */
const RESIDENT = 2 ** 20;

/** Rows per block: more where B comes from further away for each block, so that it comes less often. */
export function rowBlock(bytesOfB: number, { height, tiles }: Blocking): number {
  return height * tiles * (bytesOfB > RESIDENT ? 4 : 1);
}
