// Uniform noise is refused: denoising score matching is wrong for it.
//
//   E_q[s·∇log q] = −E_q[div s] + boundary terms,   and ∇log q = 0 inside the box
//
// Regressing on g = 0 would train the zero score, whatever the data.

/**
 * Always throws: a uniform kernel has a hard edge, where the identity behind denoising has boundary terms.
 *
 * It exists so that whoever looks for it reads why.
 */
export function uniform(halfWidth: number): never {
  throw new RangeError(
    `uniform: expected a noise kernel whose density falls to zero smoothly, got a uniform one of half width ${halfWidth}: ` +
      "its gradient is 0 inside and undefined at the edge, so integration by parts leaves boundary terms, E[δ gᵀ] is 0 instead of −I, and the objective would train the zero score; " +
      `use gaussian(${halfWidth / Math.sqrt(3)}), which has the same variance, or logistic`,
  );
}
