// Arguments for scalar operations: every binade of f32, where functions bend, and what is special.
import { generator, specials } from "../../../cpu-kernels/test/math/support/values.ts";

export type Points = readonly Float32Array[];

/** Special values of f32, each once. */
export const specialNumbers: readonly number[] = [
  ...new Map(
    [...specials, -1 + 2 ** -24].map(Math.fround).map((x) => [`${1 / x} ${x}`, x]),
  ).values(),
];

/** One number at random in each of `count` stretches of bit patterns: all signs and exponents. */
export function everywhere(seed: number, count: number): Float32Array {
  const next = generator(seed);
  const width = 2 ** 32 / count;
  return new Float32Array(
    Uint32Array.from({ length: count }, (_, i) => i * width + (next() % width)).buffer,
  );
}

/** ±2^t for t uniform between the bounds. */
function between(seed: number, count: number, least: number, most: number): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => {
    const size = 2 ** (least + ((most - least) * next()) / 2 ** 32);
    return next() % 2 === 0 ? size : -size;
  });
}

/** Uniform in ±size. */
function uniform(seed: number, count: number, size: number): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => size * (next() / 2 ** 31 - 1));
}

function join(...parts: readonly ArrayLike<number>[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => Array.from(part)));
}

/** The float next to a multiple of ¼π, its neighbours, and the same with the other sign. */
const besideQuarters = (count: number, stride: number): number[] =>
  Array.from({ length: count }, (_, k) => Math.fround(k * stride * (Math.PI / 4))).flatMap((x) => [
    x,
    x * (1 + 2 ** -23),
    -x,
  ]);

/** Arguments of an operation of one number. */
export const points: Float32Array = join(
  specialNumbers,
  everywhere(1, 2048),
  uniform(2, 2048, 12),
  uniform(3, 1024, 1),
  uniform(4, 512, 110),
  between(5, 512, 0, 24),
  besideQuarters(64, 1),
  besideQuarters(64, 229),
);

const pairsOfSpecials: Points = [
  join(specialNumbers.flatMap((x) => specialNumbers.map(() => x))),
  join(specialNumbers.flatMap(() => specialNumbers)),
];

const shuffled = (x: Float32Array): Float32Array => {
  const next = generator(7);
  const keys = Array.from(x, (value) => [next(), value] as const);
  return Float32Array.from(keys.sort(([a], [b]) => a - b).map(([, value]) => value));
};

/** Arguments of an operation of two numbers. */
export const pairs: Points = [
  join(pairsOfSpecials[0]!, everywhere(1, 2048), uniform(8, 2048, 4), between(9, 1024, -20, 20)),
  join(
    pairsOfSpecials[1]!,
    shuffled(everywhere(6, 2048)),
    uniform(10, 2048, 8),
    between(11, 1024, -6, 6),
  ),
];
/** Bases near 1 and positive with exponents whose powers are neither 0 nor ∞: 2^±120. */
export function powers(count: number): Points {
  const base = between(12, count, -3, 3).map(Math.abs);
  const near = between(13, count, -20, -1).map((x) => 1 + x);
  const bases = join(base, near);
  const scale = uniform(14, 2 * count, 120);
  return [bases, bases.map((x, i) => scale[i]! / Math.log2(x))];
}
