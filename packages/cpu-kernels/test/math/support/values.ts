// Arguments: every exponent, the neighbourhoods of special points, and the special values themselves.

export const specials: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  7,
  1.5,
  2.5,
  -1.5,
  Infinity,
  -Infinity,
  NaN,
  5e-324,
  -5e-324,
  1e-310,
  2 ** -1022,
  -(2 ** -1022),
  1e-45,
  -1e-45,
  1e-40,
  2 ** -126,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  1e-20,
  -1e-20,
  1e-8,
  -1e-8,
  20,
  -20,
  88.7,
  -88.7,
  -103.9,
  104,
  709.7,
  710.4,
  -745.1,
  -746,
  1000,
  -1000,
  Math.PI,
  Math.PI / 2,
  -Math.PI / 4,
  1e5,
  1e22,
  -1e22,
  2 ** 52,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53) + 1,
  1 - 2 ** -53,
  1 + 2 ** -52,
  1 - 2 ** -24,
  1 + 2 ** -23,
];

/** A small generator for tests, so that they are the same each time (Steele et al. 2014, splitmix32's finaliser). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** Single-precision numbers: one at random in each of 2²⁰ stretches of bit patterns, and the specials. */
export function singles(seed: number): Float32Array<ArrayBuffer> {
  const next = generator(seed);
  const bits = Uint32Array.from({ length: 1 << 20 }, (_, i) => i * 4096 + (next() & 4095));
  const x = new Float32Array(bits.buffer);
  x.set(specials);
  return x;
}

/** Doubles of every exponent with random fractions and signs, and the specials. */
export function doubles(seed: number, count: number): Float64Array<ArrayBuffer> {
  const next = generator(seed);
  const x = new Float64Array(count);
  const words = new Uint32Array(x.buffer);
  for (let i = 0; i < count; i++) {
    words[2 * i] = next();
    const exponent = Math.floor((i * 2047) / count);
    words[2 * i + 1] = (next() & 0x800fffff) | (exponent << 20);
  }
  return x;
}
