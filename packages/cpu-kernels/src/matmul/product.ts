// What a matrix product is asked for as, and what comes back: functions of the module, and the memory they want.
//
//   C[i, j] = Σₖ A[i, k] · B[k, j],   C row-major and contiguous

import type { FunctionRef } from "../wasm/index.ts";
import type { Float } from "./arithmetic.ts";
import type { Blocking } from "./blocking.ts";

/** Sizes, and strides in elements. All are known when the module is built. */
export interface Product {
  readonly dtype: Float;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** Element (i, k) of the left operand lies at i·row + k·depth. */
  readonly left: { readonly row: number; readonly depth: number };
  /** Element (k, j) of the right operand lies at k·depth + j·column. */
  readonly right: { readonly depth: number; readonly column: number };
  /** Whether to use the multiply-add of relaxed SIMD; ask `hasRelaxedSimd()`. */
  readonly relaxed: boolean;
  /** Block sizes to try instead of the measured ones. */
  readonly blocking?: Blocking;
}

/** One matrix product in a module. */
export interface Matmul {
  /** The path that was chosen, for those who print it. */
  readonly path: "zero" | "outer" | "dot" | "thin" | "panels";
  /**
   * How the right operand is rearranged before. Null: not at all, and `multiply` is given the operand itself.
   * `key` says what the rearranged form is: products of one operand with equal keys share it, and pack once.
   */
  readonly packed: {
    readonly bytes: number;
    readonly key: string;
    /** (right, packed) */
    readonly pack: FunctionRef;
  } | null;
  /** Bytes of scratch memory that a call of `multiply` wants for itself; each thread brings its own. */
  readonly scratchBytes: number;
  /** Each call goes through all of the right operand and rearranges it: few calls of many rows are best. */
  readonly isStreamed?: boolean;
  /** Ranges of rows start at a multiple of this, and end at one or at the last row. */
  readonly rowTile: number;
  /** So many rows at a time stay in the cache with what is computed from them: a multiple of `rowTile`. */
  readonly rowBlock: number;
  /** (left, right or packed, out, rowStart, rowEnd, scratch): rows [rowStart, rowEnd) of the product, out being row 0. */
  readonly multiply: FunctionRef;
}

/** The parameters of `multiply`. */
export const MULTIPLY = {
  left: "i32",
  right: "i32",
  out: "i32",
  rowStart: "i32",
  rowEnd: "i32",
  scratch: "i32",
} as const;

/** The name of a product's function: all that its code depends on. */
export function nameOf(p: Product, path: string): string {
  const sizes = `${p.rows}x${p.depth}x${p.columns}`;
  const strides = [p.left.row, p.left.depth, p.right.depth, p.right.column].join("_");
  const blocking = p.blocking ? `.${Object.values(p.blocking).join("_")}` : "";
  return `${path}.${p.dtype}${p.relaxed ? ".fused" : ""}.${sizes}.${strides}${blocking}`;
}
