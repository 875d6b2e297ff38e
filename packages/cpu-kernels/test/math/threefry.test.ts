// Threefry on vectors against the interpreter's and the published vectors.
import { threefry2x32 as blockOf } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { threefry2x32 } from "../../src/math/index.ts";
import { vectorLoop } from "./support/run.ts";
import { generator } from "./support/values.ts";

describe("threefry2x32 on four counters", () => {
  const words = (word: 0 | 1) =>
    vectorLoop(4, (scope, [k0, k1, c0, c1]) => threefry2x32(scope, [k0!, k1!], [c0!, c1!])[word]);

  test("gives the interpreter's bits for keys and counters of any kind", () => {
    const next = generator(11);
    const inputs = Array.from({ length: 4 }, () => Uint32Array.from({ length: 4096 }, next));
    const [y0, y1] = ([0, 1] as const).map((word) => new Uint32Array(words(word)(...inputs)));
    for (let i = 0; i < 4096; i++) {
      const [k0, k1, c0, c1] = inputs.map((x) => x[i]!) as [number, number, number, number];
      expect([y0![i], y1![i]]).toEqual(blockOf(k0, k1, c0, c1));
    }
  });

  test("gives the published vectors (Random123, kat_vectors)", () => {
    const ones = 0xffffffff;
    const known = [
      [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
      [ones, ones, ones, ones, 0x1cb996fc, 0xbb002be7],
      [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
      [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    ];
    const column = (k: number) => Uint32Array.from(known, (row) => row[k]!);
    const inputs = [0, 1, 2, 3].map(column);
    expect(new Uint32Array(words(0)(...inputs))).toEqual(column(4));
    expect(new Uint32Array(words(1)(...inputs))).toEqual(column(5));
  });
});
