// Seeded random numbers for directions: Threefry, counted from one.
import { threefry2x32 } from "@cotangent/autodiff/functions";

/** One stream of draws; the same seed and stream give the same draws. */
export class Draws {
  readonly #seed: number;
  readonly #stream: number;
  #count = 0;

  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return threefry2x32(this.#seed, this.#stream, ++this.#count, 0)[0] / 2 ** 32;
  }

  /** Coordinates of both signs, between ½ and 1½: no symmetry, none near zero. A vector of ones hides errors. */
  signed(size: number): Float64Array {
    return Float64Array.from({ length: size }, () => {
      const u = this.uniform();
      return u < 0.5 ? -0.5 - 2 * u : 2 * u - 0.5;
    });
  }

  /** `size` numbers of 0 … count − 1, sorted and each once; all of them when there are no more. */
  sample(count: number, size: number): number[] {
    const all = Array.from({ length: count }, (_, i) => i);
    for (let i = 0; i < Math.min(size, count); i++) {
      const j = i + Math.floor(this.uniform() * (count - i));
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all.slice(0, size).sort((a, b) => a - b);
  }
}
