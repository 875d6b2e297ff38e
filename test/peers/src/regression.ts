// The task of brain.js: plain regression, one sample after another, φ = tanh at the output too.
//
//   h_l = tanh(h_{l−1} W_l + b_l)       loss ½‖y − h_3‖²       w ← w − η ∂loss/∂w after every sample
//
// The truth that it is checked against, written out in f64: how each array changes by the first sample,
// divided by η. Inputs are rows of x, targets y the first projection's signs.
import { arrayOf, type NamedArray } from "./arrays.ts";

interface Layer {
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** [h_3[0] of the first row, −∂loss/∂w of w1, b1, w2, b2, w3, b3]. */
export function afterOneSample(arrays: readonly NamedArray[]): ArrayLike<number>[] {
  const layers = [1, 2, 3].map(
    (l): Layer => ({
      weight: arrayOf(arrays, `w${l}`).data,
      bias: arrayOf(arrays, `b${l}`).data,
    }),
  );
  const d = arrayOf(arrays, "x").shape[1] ?? 0;
  const outputs = [Float64Array.from(arrayOf(arrays, "x").data.subarray(0, d))];
  for (const layer of layers) outputs.push(forward(layer, outputs.at(-1)!));
  const last = outputs.at(-1)!;
  const signs = arrayOf(arrays, "v").data;
  let error = last.map((h, j) => signs[j]! - h);
  const changes: Float64Array[] = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const [input, output] = [outputs[l]!, outputs[l + 1]!];
    const delta = error.map((e, j) => (1 - output[j]! ** 2) * e);
    changes.unshift(outer(input, delta), delta);
    error = input.map((_, k) => dot(delta, layers[l]!.weight, k));
  }
  return [[last[0]!], ...changes];
}

/** tanh(x W + b). */
function forward({ weight, bias }: Layer, x: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(bias, (b, j) => {
    let sum = b;
    for (let k = 0; k < x.length; k++) sum += x[k]! * weight[k * bias.length + j]!;
    return Math.tanh(sum);
  });
}

const outer = (x: Float64Array, y: Float64Array): Float64Array =>
  Float64Array.from(
    { length: x.length * y.length },
    (_, i) => x[Math.floor(i / y.length)]! * y[i % y.length]!,
  );

/** Σ_j δ_j W[k][j] */
const dot = (delta: Float64Array, weight: ArrayLike<number>, k: number): number =>
  delta.reduce((sum, d, j) => sum + d * weight[k * delta.length + j]!, 0);
