/** The claims' names and the page's title, which the command line knows without loading the claims. */

/** By which the command knows a page of its own. */
export const pageTitle = "Score matching, claim by claim";

/** In the lecture's order. */
export const claimNames = [
  "small-noise",
  "any-score",
  "denoising-is-implicit",
  "variance-explodes",
  "sigma-trade-off",
  "finite-differences",
  "zero-loss",
  "sure",
  "other-noise",
  "sampling",
  "tweedie",
  "projected-fields",
  "one-backprop",
  "directions",
  "implicit",
  "unbiased-slices",
  "variance-reduction",
  "cost",
  "equal-quality",
  "real-data",
] as const;
