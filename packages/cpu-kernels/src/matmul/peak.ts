// The fastest that a core multiplies and adds: independent chains in registers, no memory. What products are measured
// against.
//
//   cᵢ ← cᵢ · x + y,  12 chains,  2 · 12 · lanes flops per turn

import {
  brIf,
  type Expr,
  type FunctionRef,
  i32,
  lane,
  loop,
  type ModuleBuilder,
  op,
  set,
  splat,
} from "../wasm/index.ts";
import { plus } from "./address.ts";
import { arithmetic, type Float } from "./arithmetic.ts";

const CHAINS = 12;
const TURNS = 4;

/** Floating-point operations in one iteration of `peak`. */
export const peakFlops = (dtype: Float): number => 2 * CHAINS * TURNS * (dtype === "f32" ? 4 : 2);

/** (iterations) → a number that depends on all of them. */
export function peak(m: ModuleBuilder, dtype: Float, relaxed: boolean): FunctionRef {
  const v = arithmetic(dtype, relaxed);
  const name = `peak.${v.name}`;
  return m.once(name, () =>
    m.function(name, { params: { n: "i32" }, results: [dtype] }, (fb, { n }) => {
      const [x, y] = [fb.local("x", "v128"), fb.local("y", "v128")];
      const chains = Array.from({ length: CHAINS }, (_, i) => fb.local(`c${i}`, "v128"));
      const turn = chains.map((c) => set(c, v.madd(c, x, y)));
      fb.push(set(x, splat(v.shape, 0.5)), set(y, splat(v.shape, 1)));
      fb.push(
        loop(
          "again",
          ...Array.from({ length: TURNS }, () => turn).flat(),
          set(n, plus(n, -1)),
          brIf("again", op("i32.gt_s", n, i32(0))),
        ),
      );
      const total = chains.reduce<Expr>((sum, c) => v.add(sum, c), splat(v.shape, 0));
      fb.push(lane(`${v.shape}.extract_lane`, 0, total));
    }),
  );
}
