// Sums and maxima as vector accumulators.
//
//   terms → `partial` (at most 32 terms in a row, in the terms' own precision) → `total` → result
//
// A partial of f32 is added to a total of f64; a partial of f64 to a total with its rounding errors kept beside it
// (Knuth, TAOCP 2, 4.2.2, theorem B). So the error of a sum is that of 32 terms, however many there are.
import type { DType } from "@cotangent/autodiff";
import {
  type Expr,
  type FunctionBuilder,
  type Instruction,
  type Local,
  op,
  set,
  shuffleLanes,
  v128,
} from "../wasm/index.ts";
import { type Lanes, shapeOf, splatOf, zero } from "./vectors.ts";

/** Terms that one partial takes before it goes into the total. */
export const termsPerPartial = 32;

type Kind = "sum" | "max";

const neutral = (kind: Kind, dtype: DType): Expr => {
  if (kind === "sum" || dtype === "bool" || dtype === "u32") return zero;
  return splatOf(dtype, dtype === "i32" ? -(2 ** 31) : Number.NEGATIVE_INFINITY);
};

function combine(kind: Kind, dtype: DType, x: Expr, y: Expr): Expr {
  if (dtype === "bool") return op("v128.or", x, y);
  const shape = shapeOf(dtype);
  if (kind === "sum") return op(`${shape}.add`, x, y);
  return op(shape === "i32x4" ? `i32x4.max_${dtype === "u32" ? "u" : "s"}` : `${shape}.max`, x, y);
}

/** The first `active` lanes of a mask. */
const laneMask = (dtype: DType, active: number): Expr =>
  dtype === "f64"
    ? v128(
        "i64x2",
        [0, 1].map((k) => -Number(k < active)),
      )
    : v128(
        "i32x4",
        [0, 1, 2, 3].map((k) => -Number(k < active)),
      );

const swapPairs = (x: Expr): Expr => shuffleLanes("i64x2", [1, 0], x, x);
const swapNeighbours = (x: Expr): Expr => shuffleLanes("i32x4", [1, 0, 3, 2], x, x);
const spreadFirst = (x: Expr): Expr => shuffleLanes("i32x4", [0, 0, 0, 0], x, x);

export class Fold {
  readonly #fb: FunctionBuilder;
  readonly #kind: Kind;
  readonly #dtype: DType;
  readonly #lanes: Lanes;
  readonly #partials: Local[];
  readonly #totals: Local[];
  readonly #errors: Local[];

  /** `width` partials take terms in turn; with `isShort`, one partial takes all terms, and `lanes` is all that is asked. */
  constructor(
    fb: FunctionBuilder,
    kind: Kind,
    dtype: DType,
    lanes: Lanes,
    { width = 1, isShort = false }: { readonly width?: number; readonly isShort?: boolean } = {},
  ) {
    this.#fb = fb;
    this.#kind = kind;
    this.#dtype = dtype;
    this.#lanes = lanes;
    this.#partials = Array.from({ length: width }, () => fb.local("partial", "v128"));
    const isSingle = kind === "sum" && dtype === "f32";
    const totals = isShort ? 0 : isSingle && lanes === 4 ? 2 : 1;
    this.#totals = Array.from({ length: totals }, () => fb.local("total", "v128"));
    this.#errors = kind === "sum" && dtype === "f64" && !isShort ? [fb.local("error", "v128")] : [];
  }

  /** Before the first term. */
  begin(): Expr[] {
    const first = this.#kind === "sum" ? zero : neutral(this.#kind, this.#dtype);
    return [
      ...this.#totals.map((total) => set(total, first)),
      ...this.#errors.map((error) => set(error, zero)),
    ];
  }

  /** Before the first term of each partial. */
  reset(): Expr[] {
    return this.#partials.map((partial) => set(partial, neutral(this.#kind, this.#dtype)));
  }

  /** Takes a vector of terms, of which the first `active` count. */
  add(term: Expr, index = 0, active: number = this.#lanes): Expr {
    const partial = this.#partials[index]!;
    const none = neutral(this.#kind, this.#dtype);
    const counted =
      active === this.#lanes
        ? term
        : op("v128.bitselect", term, none, laneMask(this.#dtype, active));
    return set(partial, combine(this.#kind, this.#dtype, partial, counted));
  }

  /** After the last term of each partial. */
  flush(): Expr[] {
    const kind = this.#kind;
    const dtype = this.#dtype;
    const [partial, ...others] = this.#partials as [Local, ...Local[]];
    const [total, high] = this.#totals;
    if (total === undefined) return [];
    const join = others.map((other) => set(partial, combine(kind, dtype, partial, other)));
    if (kind === "sum" && dtype === "f32") {
      const widen = (x: Expr): Expr => op("f64x2.promote_low_f32x4", x);
      const add = (to: Local, x: Expr): Expr => set(to, op("f64x2.add", to, widen(x)));
      return [...join, add(total, partial), ...(high ? [add(high, swapPairs(partial))] : [])];
    }
    const [error] = this.#errors;
    if (error === undefined) return [...join, set(total, combine(kind, dtype, total, partial))];
    const before = this.#fb.local("before", "v128");
    const given = this.#fb.local("given", "v128");
    const [plus, minus] = ["f64x2.add", "f64x2.sub"] as const satisfies Instruction[];
    return [
      ...join,
      set(before, total),
      set(total, op(plus, before, partial)),
      set(given, op(minus, total, before)),
      set(
        error,
        op(
          plus,
          error,
          op(plus, op(minus, before, op(minus, total, given)), op(minus, partial, given)),
        ),
      ),
    ];
  }

  /** After the last flush: each lane's own result. */
  lanes(): Expr {
    const [total, high] = this.#totals;
    if (total === undefined) return this.#partials[0]!;
    const [error] = this.#errors;
    if (error) {
      // Infinities leave a NaN in the error; then the total alone is right.
      const isUsable = op("f64x2.eq", op("f64x2.sub", total, total), zero);
      return op("v128.bitselect", op("f64x2.add", total, error), total, isUsable);
    }
    if (this.#kind === "max" || this.#dtype !== "f32") return total;
    const low = op("f32x4.demote_f64x2_zero", total);
    return high ? shuffleLanes("i64x2", [0, 2], low, op("f32x4.demote_f64x2_zero", high)) : low;
  }

  /** After the last flush: the fold over all lanes, in every lane. */
  across(): Expr[] {
    const [total, high] = this.#totals as [Local, Local?];
    const fold = (swap: (x: Expr) => Expr, dtype: DType = this.#dtype): Expr =>
      set(total, combine(this.#kind, dtype, total, swap(total)));
    if (this.#errors.length > 0) return [set(total, this.lanes()), fold(swapPairs)];
    if (this.#dtype === "f64") return [fold(swapPairs)];
    if (this.#kind === "sum" && this.#dtype === "f32")
      return [
        ...(high ? [set(total, op("f64x2.add", total, high))] : []),
        fold(swapPairs, "f64"),
        set(total, spreadFirst(op("f32x4.demote_f64x2_zero", total))),
      ];
    const halves = this.#lanes === 4 ? [fold(swapPairs)] : [];
    return [...halves, fold(swapNeighbours), set(total, spreadFirst(total))];
  }

  /** What `across` leaves. */
  get result(): Local {
    return this.#totals[0]!;
  }
}
