// What is to be learned: samples, and the score where it is known. Both are mixtures of K equal Gaussians,
//
//   p(x) = 1/K Σ_k N(x; μ_k, s²I),    ∇ log p(x) = Σ_k r_k(x) (μ_k − x)/s²,   r = softmax_k −‖x − μ_k‖²/2s²
//
// 8 Gaussians: K = 8, and s² + σ² once noise is added. Any other sample of N points: denoising sees
// nothing but these points blurred by its noise, which is the mixture with K = N and s = σ.
import { random } from "@cotangent/autodiff";
import { generators } from "@cotangent/training";

/** @typedef {{ readonly centres: ArrayLike<number>, readonly variance: number, readonly words: string }} Mixture */

/** N points of a named density, flat [N, 2]. @param {string} name @param {number} count @param {number} seed */
export function sample(name, count, seed) {
  const generate = generators[name];
  if (generate === undefined) throw new Error(`There is no data called ${name}.`);
  return Float32Array.from(generate(random.key(seed), count).data);
}

/** x + σε, flat [N, 2]. @param {Float32Array} points @param {number} sigma @param {number} seed */
export function blurred(points, sigma, seed) {
  const noise = random.normal(random.key(seed), [points.length]).data;
  return points.map((x, i) => x + sigma * noise[i]);
}

/** The noise that the objective adds to the data. @param {import("./settings.js").Settings} settings */
export const noiseOf = ({ objective, sigma }) => (objective === "denoising" ? sigma : 0);

/**
 * The density whose score the objective is to find, if it has a closed form.
 * @param {import("./settings.js").Settings} settings @param {Float32Array} points
 * @returns {Mixture | undefined}
 */
export function trueMixture(settings, points) {
  const noise = noiseOf(settings);
  const withNoise = noise > 0 ? ` blurred by σ = ${noise}` : "";
  if (settings.data === "8gaussians")
    return {
      centres: eightCentres,
      variance: 1 / 32 + noise ** 2,
      words: `the score of the eight Gaussians${withNoise}`,
    };
  if (noise === 0) return undefined;
  return { centres: points, variance: noise ** 2, words: `the score of the points${withNoise}` };
}

/** @type {readonly number[]} Of deviation √2/8 on a circle of radius √2, as the package training has them. */
const eightCentres = Array.from({ length: 8 }, (_, k) => (k * Math.PI) / 4).flatMap((angle) => [
  Math.SQRT2 * Math.cos(angle),
  Math.SQRT2 * Math.sin(angle),
]);

/** ∇ log p at x, flat [B, 2]. @param {Mixture} mixture @param {ArrayLike<number>} x */
export function mixtureScore({ centres, variance }, x) {
  const score = new Float32Array(x.length);
  const exponents = new Float64Array(centres.length / 2);
  for (let b = 0; b < x.length; b += 2) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < exponents.length; k++) {
      const squared = (centres[2 * k] - x[b]) ** 2 + (centres[2 * k + 1] - x[b + 1]) ** 2;
      exponents[k] = -squared / (2 * variance);
      largest = Math.max(largest, exponents[k]);
    }
    let [total, toX, toY] = [0, 0, 0];
    for (let k = 0; k < exponents.length; k++) {
      const weight = Math.exp(exponents[k] - largest);
      total += weight;
      toX += weight * (centres[2 * k] - x[b]);
      toY += weight * (centres[2 * k + 1] - x[b + 1]);
    }
    score[b] = toX / (total * variance);
    score[b + 1] = toY / (total * variance);
  }
  return score;
}

/** ½ mean ‖s − t‖², flat [B, 2] both. @param {ArrayLike<number>} s @param {ArrayLike<number>} t */
export function fisherDivergence(s, t) {
  let sum = 0;
  for (let i = 0; i < t.length; i++) sum += (s[i] - t[i]) ** 2;
  return sum / t.length; // two numbers a row: the mean over rows, times ½
}
