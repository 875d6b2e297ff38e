// Threefry-2x32 with 20 rounds on four counters at a time (Salmon et al. 2011).
//
//   (y0, y1) = threefry(key, counter), lane by lane; the same bits as the interpreter's threefry2x32
import { type Expr, i32, op, shuffle, splat } from "../wasm/index.ts";
import type { Scope } from "./scope.ts";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

const add = (x: Expr, y: Expr): Expr => op("i32x4.add", x, y);
const xor = (x: Expr, y: Expr): Expr => op("v128.xor", x, y);

/** Each 32-bit lane rotated to the left; whole bytes move by a shuffle. `x` may be used twice. */
function rotateLeft(x: Expr, by: number): Expr {
  if (by % 8 === 0) {
    const bytes = Array.from({ length: 16 }, (_, i) => (i & ~3) | ((i + 4 - by / 8) & 3));
    return shuffle(bytes, x, x);
  }
  return op("v128.or", op("i32x4.shl", x, i32(by)), op("i32x4.shr_u", x, i32(32 - by)));
}

/** The two encrypted words of four blocks; keys and counters are i32x4, values of locals or constants. */
export function threefry2x32(
  scope: Scope,
  key: readonly [Expr, Expr],
  counter: readonly [Expr, Expr],
): [Expr, Expr] {
  const third = scope.let(xor(xor(key[0], key[1]), splat("i32x4", 0x1bd11bda)), "key2");
  const keys = [key[0], key[1], third];
  let x0 = scope.let(add(counter[0], keys[0]!), "x0");
  let x1 = scope.let(add(counter[1], keys[1]!), "x1");
  for (let round = 1; round <= 20; round++) {
    x0 = scope.let(add(x0, x1), "x0");
    x1 = scope.let(xor(rotateLeft(x1, rotations[(round - 1) % 8]!), x0), "x1");
    if (round % 4 !== 0) continue;
    const group = round / 4;
    x0 = scope.let(add(x0, keys[group % 3]!), "x0");
    const next = add(keys[(group + 1) % 3]!, splat("i32x4", group));
    x1 = scope.let(add(x1, next), "x1");
  }
  return [x0, x1];
}
