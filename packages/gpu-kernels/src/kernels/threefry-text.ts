// Threefry-2x32, 20 rounds, on numbers that hold 16 bits each: exact on every backend.
//
// gpu.js keeps values as f32, whose 24 bits cannot hold a 32-bit word: its bitwise operators drop the
// low bits of one. A word is therefore two halves, high and low; sums of halves, their carries and
// shifts by powers of two are exact below 2²⁴, and ^ is exact on 16 bits.
//
//   rotate by r < 16:  high' = (high mod 2¹⁶⁻ʳ) 2ʳ + ⌊low/2¹⁶⁻ʳ⌋, and the same with the halves swapped
//
// Source: Salmon et al. 2011 (Random123); the engine's primitives/threefry.ts gives the same bits.
import { type FunctionText, functionText } from "../template.ts";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** word += other (+ extra), in halves. */
const addWords = (word: string, high: string, low: string): string => `
sum = ${word}Low + ${low};
carry = 0.0;
if (sum > 65535.5) { carry = 1.0; }
${word}Low = sum - 65536.0 * carry;
sum = ${word}High + ${high} + carry;
if (sum > 65535.5) { sum = sum - 65536.0; }
${word}High = sum;`;

/** x1 = rotate(x1, by) ^ x0. */
function rotateAndMix(by: number): string {
  const [high, low] = by < 16 ? ["x1High", "x1Low"] : ["x1Low", "x1High"];
  const left = by % 16;
  const [up, down] = [`${2 ** left}.0`, `${2 ** (16 - left)}.0`];
  return `
highTop = Math.floor(${high} / ${down});
lowTop = Math.floor(${low} / ${down});
high = (${high} - highTop * ${down}) * ${up} + lowTop;
low = (${low} - lowTop * ${down}) * ${up} + highTop;
x1High = high ^ x0High;
x1Low = low ^ x0Low;`;
}

/** After round 4n: the key's words n and n + 1 (of three), and n. */
function injectKey(n: number): string {
  const [k, next] = [n % 3, (n + 1) % 3];
  return `${addWords("x0", `k${k}High`, `k${k}Low`)}${addWords("x1", `k${next}High`, `k${next}Low`)}${addWords("x1", "0.0", `${n}.0`)}`;
}

const rounds = Array.from({ length: 20 }, (_, i) => {
  const mixed = addWords("x0", "x1High", "x1Low") + rotateAndMix(rotations[i % 8] ?? 0);
  return i % 4 === 3 ? mixed + injectKey((i + 1) / 4) : mixed;
}).join("");

/**
 * The upper 24 bits of word `word` of a key's stream, as a fraction: the engine's f32 uniform.
 *
 * Word w is half w mod 2 of block ⌊w/2⌋. word < 2²⁴; the key as four halves of 16 bits.
 */
export const uniformText: FunctionText = functionText(
  "uniformOf",
  ["k0High", "k0Low", "k1High", "k1Low", "word"],
  `
const k2High = (k0High ^ k1High) ^ 7121.0;
const k2Low = (k0Low ^ k1Low) ^ 7130.0;
const block = Math.floor(word * 0.5);
let x0High = Math.floor(block / 65536.0);
let x0Low = block - x0High * 65536.0;
let x1High = k1High;
let x1Low = k1Low;
let sum = 0.0;
let carry = 0.0;
let high = 0.0;
let low = 0.0;
let highTop = 0.0;
let lowTop = 0.0;${addWords("x0", "k0High", "k0Low")}${rounds}
high = x0High;
low = x0Low;
if (word - 2.0 * block > 0.5) {
  high = x1High;
  low = x1Low;
}
return (high * 256.0 + Math.floor(low / 256.0)) / 16777216.0;`,
);
