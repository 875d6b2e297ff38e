// Mutually orthogonal directions: M columns of a random orthogonal matrix, times √d.
//
//   v_m = √d·H_1 ⋯ H_M (±e_m),   H_i = I − 2uuᵀ/‖u‖²,   u = z + sign(z_i)‖z‖e_i,  z ~ N(0, I) from axis i on
//
// M Householder reflections give the first M columns of a Haar matrix (Stewart 1980, section 3), so
// E[vvᵀ] = I; for M = d, Σ_m v_m v_mᵀ = d·I whatever the rotation, and signed axes do.

import {
  add,
  arange,
  astype,
  div,
  equal,
  expandDims,
  floor,
  greaterEqual,
  maximum,
  mod,
  mul,
  random,
  reshape,
  type Shape,
  sqrt,
  sub,
  sum,
  type Tensor,
  where,
} from "@cotangent/autodiff";
import { rowDot, rowSquaredNorm } from "../inner-products.ts";
import type { FloatDType } from "../preconditions.ts";
import { type ProjectionOptions, requireSlices } from "./projection.ts";

/**
 * M mutually orthogonal directions of length √d per sample, shape [M, B, d], M ≤ d.
 *
 * With M = d the mean over slices of vᵀJv is exactly tr J. Throws if M > d.
 * Source: Stewart 1980, "The efficient generation of random orthogonal matrices".
 */
export function orthogonal(key: Tensor, shape: Shape, options: ProjectionOptions = {}): Tensor {
  const [slices, batch, d] = requireSlices("orthogonal", shape);
  if (slices > d)
    throw new RangeError(
      `orthogonal: expected M ≤ d directions, got M = ${slices} in d = ${d} dimensions; use ${d}, which is exact, or independent directions such as rademacher`,
    );
  const dtype = options.dtype ?? "f64";
  const signs = random.rademacher(random.foldIn(key, 0), [slices, batch, 1], { dtype });
  const signed = (axes: Tensor): Tensor => mul(mul(Math.sqrt(d), signs), astype(axes, dtype));
  const slice = reshape(arange(slices), [slices, 1, 1]);
  if (slices === d) {
    // Slice m takes axis m + shift, so that each slice alone has E[vvᵀ] = I too.
    const shift = floor(mul(d, random.uniform(random.foldIn(key, 1), [batch, 1])));
    return signed(equal(mod(add(slice, shift), d), arange(d)));
  }
  let v = signed(equal(slice, arange(d)));
  for (let axis = slices - 1; axis >= 0; axis--) {
    const z = random.normal(random.foldIn(key, 1 + axis), [batch, d], { dtype });
    v = reflect(v, householderVector(z, axis, dtype));
  }
  return v;
}

/** Stands for ‖z‖² = 0, which single precision can draw; its root and inverse are finite there. */
const smallestSquare = 1e-30;

/** u that reflects e_axis onto ∓z/‖z‖, z cut to the axes from `axis` on. z, u: [B, d]. */
function householderVector(z: Tensor, axis: number, dtype: FloatDType): Tensor {
  const axes = arange(z.shape.at(-1) ?? 0);
  const cut = mul(z, astype(greaterEqual(axes, axis), dtype));
  const e = astype(equal(axes, axis), dtype);
  const length = sqrt(maximum(rowSquaredNorm(cut), smallestSquare));
  // The sign of z_axis: the two terms add up, and nothing cancels.
  const signed = where(greaterEqual(sum(mul(cut, e), -1), 0), length, mul(-1, length));
  return add(cut, mul(expandDims(signed, -1), e));
}

/** v − 2u(u·v)/‖u‖². v: [M, B, d], u: [B, d]. */
function reflect(v: Tensor, u: Tensor): Tensor {
  const coefficient = div(rowDot(v, u), rowSquaredNorm(u));
  return sub(v, mul(mul(2, expandDims(coefficient, -1)), u));
}
