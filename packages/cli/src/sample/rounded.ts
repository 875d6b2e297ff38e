/**
 * Samples to as many digits as mean something: weights in single precision have about seven.
 *
 * Seven significant digits of a value, and as many more as it takes to tell it from its neighbours where a
 * column varies little beside its mean: years, times since 1970. What is lost is below 10⁻⁶ of the spread.
 */

import { Tensor } from "@cotangent/autodiff";

const digits = 7;

/** The rows [N, d], rounded. */
export function rounded(x: Tensor): Tensor {
  const { shape, dtype } = x;
  const columns = shape[1] ?? 1;
  const centred = x.sub(x.mean(0));
  const spread = Array.from(centred.square().mean(0).sqrt().data, (value) => power(Number(value)));
  const data = Float64Array.from(x.data, (value, i) => {
    const number = Number(value);
    if (number === 0) return 0;
    // Without any spread, of one row, nothing tells how many digits there are: all are kept.
    const more = Math.max(0, power(number) - (spread[i % columns] ?? 0));
    return Number(number.toPrecision(Math.min(17, digits + more)));
  });
  return new Tensor(shape, dtype, data);
}

/** Of ten, at or below a magnitude. */
const power = (value: number): number => Math.floor(Math.log10(Math.abs(value)));
