// Normal deviates (Box & Muller 1958) and signs from the engine's keys, drawn on the device:
//
//   y[i] = √(−2 ln(1 − u)) cos 2πv   (i < half),   … sin 2πv   (else)      half = ⌈total/2⌉
//
// u and v are words i mod half and half + i mod half of the key's stream: the bits are those of
// random.normal(key, [total, columns…], { dtype: "f32" }), the deviates within 2e-6.
// keys: [steps, 4], four halves of 16 bits each, `at` says which; first: [1], the first row wanted.
// Sources of the polynomials: Moshier, Cephes, sinf.c; the series of artanh for ln.
import { type FunctionText, functionText, type KernelText, kernelText } from "../template.ts";
import { uniformText } from "./threefry-text.ts";

/** −ln(1 − u) for u a multiple of 2⁻²⁴ in [0, 1): m 2⁻ᵉ = 1 − u with m near 1. */
const negativeLog: FunctionText = functionText(
  "negativeLog",
  ["u"],
  `
let m = 1.0 - u;
let e = 0.0;
for (let i = 0; i < 24; i++) {
  if (m < 0.70710678) {
    m = m * 2.0;
    e = e + 1.0;
  }
}
const s = (m - 1.0) / (m + 1.0);
const z = s * s;
let p = 0.1111111111;
p = p * z + 0.1428571429;
p = p * z + 0.2;
p = p * z + 0.3333333333;
return e * 0.69314718056 - 2.0 * s * (p * z + 1.0);`,
);

/** cos 2πt (quarter 1) or sin 2πt (quarter 0), t in [0, 1]: the quarter turn nearest t is taken off exactly. */
const turn: FunctionText = functionText(
  "turn",
  ["t", "quarter"],
  `
let q = Math.floor(4.0 * t + 0.5);
const x = 6.28318530718 * (t - 0.25 * q);
const z = x * x;
let y = -0.00019515295891;
y = y * z + 0.0083321608736;
y = y * z - 0.16666654611;
y = y * z * x + x;
q = q + quarter;
if (q > 3.5) { q = q - 4.0; }
const odd = q - 2.0 * Math.floor(q * 0.5);
if (odd > 0.5) {
  y = 0.000024433157118;
  y = y * z - 0.0013887316255;
  y = y * z + 0.041666645683;
  y = y * z * z - 0.5 * z + 1.0;
}
if (q > 1.5) { y = -y; }
return y;`,
);

/** Rows of draws shaped [total, columns], from row first[0] on. */
interface DrawSizes {
  readonly rows: number;
  readonly columns: number;
  readonly total: number;
  readonly steps: number;
}

/** Rows of random.normal(key, [total, columns]); total·columns < 2²³. */
export function normal({
  rows,
  columns,
  total,
  steps,
}: DrawSizes): KernelText<"keys" | "at" | "first"> {
  requireFewerWords("normal", total, columns);
  const half = Math.ceil((total * columns) / 2);
  return kernelText({
    name: "normal",
    inputs: { keys: [steps, 4], at: [1], first: [1] },
    output: [rows, columns],
    functions: [uniformText, negativeLog, turn],
    body: `
const step = at[0];
let i = (first[0] + row) * ${columns}.0 + column;
let quarter = 1.0;
if (i > ${half}.0 - 0.5) {
  i = i - ${half}.0;
  quarter = 0.0;
}
const u = ${uniformAt("i")};
const v = ${uniformAt(`i + ${half}.0`)};
return Math.sqrt(2.0 * negativeLog(u)) * turn(v, quarter);`,
  });
}

/** Rows of random.rademacher(key, [total, columns]), ±1: exactly the engine's. total·columns < 2²³. */
export function rademacher({
  rows,
  columns,
  total,
  steps,
}: DrawSizes): KernelText<"keys" | "at" | "first"> {
  requireFewerWords("rademacher", total, columns);
  return kernelText({
    name: "rademacher",
    inputs: { keys: [steps, 4], at: [1], first: [1] },
    output: [rows, columns],
    functions: [uniformText],
    body: `
const step = at[0];
const i = (first[0] + row) * ${columns}.0 + column;
let sign = 1.0;
if (${uniformAt("i")} >= 0.5) { sign = -1.0; }
return sign;`,
  });
}

/** The uniform of word `word` of the step's key. */
const uniformAt = (word: string): string =>
  `uniformOf(keys[step][0], keys[step][1], keys[step][2], keys[step][3], ${word})`;

/** Throws unless words are counted exactly in f32. */
function requireFewerWords(operation: string, total: number, columns: number): void {
  if (total * columns < 2 ** 23) return;
  throw new RangeError(
    `${operation}: expected fewer than 2^23 draws from one key, got ${total} × ${columns}; use a key for each part`,
  );
}
