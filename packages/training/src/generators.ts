/**
 * Two-dimensional toy densities, (key, n) → [n, 2] f64, centred and of roughly unit standard deviation.
 *
 * The shapes are those of the normalising-flow literature (Grathwohl et al., FFJORD, ICLR 2019, toy data),
 * rescaled; `moons` and `swissroll` go back to scikit-learn, `pinwheel` to Johnson et al., NeurIPS 2016
 * (structured variational autoencoders). None has a closed-form score: see gaussian-mixture.ts for that.
 * Rows are independent draws; the same key gives the same rows.
 */
import {
  add,
  cos,
  div,
  exp,
  floor,
  less,
  mod,
  mul,
  random,
  sin,
  sqrt,
  stack,
  sub,
  type Tensor,
  where,
} from "@cotangent/autodiff";

/** n independent draws from a density on the plane: [n, 2], f64. */
export type Generator2d = (key: Tensor, n: number) => Tensor;

const dtype = "f64" as const;
const uniform = (key: Tensor, n: number): Tensor => random.uniform(key, [n], { dtype });
const normal = (key: Tensor, n: number): Tensor => random.normal(key, [n], { dtype });

/** (x, y) + noise · N(0, I). x, y: [n] → [n, 2]. */
function points(x: Tensor, y: Tensor, key: Tensor, noise: number): Tensor {
  const xy = stack([x, y], 1);
  return add(xy, mul(noise, random.normal(key, xy.shape, { dtype })));
}

function keys(key: Tensor): [Tensor, Tensor, Tensor] {
  return random.split(key, 3) as [Tensor, Tensor, Tensor];
}

/** Uniform on 0, 1, …, count − 1, as floats: [n]. */
function choice(key: Tensor, n: number, count: number): Tensor {
  return floor(mul(uniform(key, n), count));
}

/** Two interleaved half circles: (cos t, sin t) and (1 − cos t, ½ − sin t), t ~ U[0, π]; 1.5 times scikit-learn's make_moons. */
export const moons: Generator2d = (key, n) => {
  const [kT, kSide, kNoise] = keys(key);
  const t = mul(uniform(kT, n), Math.PI);
  const outer = less(uniform(kSide, n), 0.5);
  const x = where(outer, cos(t), sub(1, cos(t)));
  const y = where(outer, sin(t), sub(0.5, sin(t)));
  return points(mul(sub(x, 0.5), 1.5), mul(sub(y, 0.25), 1.5), kNoise, 0.1);
};

/** Eight Gaussians of standard deviation √2/8 on a circle of radius √2. */
export const eightGaussians: Generator2d = (key, n) => {
  const [kWhich, kNoise] = keys(key);
  const angle = mul(choice(kWhich, n, 8), Math.PI / 4);
  return points(mul(cos(angle), Math.SQRT2), mul(sin(angle), Math.SQRT2), kNoise, Math.SQRT2 / 8);
};

/** Two spirals ±r(−cos θ, sin θ), r = 2√u, θ = 3π√u, u ~ U[0, 1). */
export const spirals: Generator2d = (key, n) => {
  const [kU, kSide, kNoise] = keys(key);
  const root = sqrt(uniform(kU, n));
  const theta = mul(root, 3 * Math.PI);
  const r = mul(root, sub(mul(choice(kSide, n, 2), 4), 2));
  return points(mul(r, mul(cos(theta), -1)), mul(r, sin(theta)), kNoise, 0.06);
};

/** Uniform on the eight dark cells of a 4 × 4 board on [−2, 2)². */
export const checkerboard: Generator2d = (key, n) => {
  const [kX, kY, kRow] = keys(key);
  const x = sub(mul(uniform(kX, n), 4), 2);
  const row = sub(mul(choice(kRow, n, 2), 2), 2);
  const y = add(add(uniform(kY, n), row), mod(floor(x), 2));
  return stack([x, y], 1);
};

/** Four concentric rings of radius ½, 1, 1½, 2. */
export const rings: Generator2d = (key, n) => {
  const [kRing, kAngle, kNoise] = keys(key);
  const r = mul(add(choice(kRing, n, 4), 1), 0.5);
  const angle = mul(uniform(kAngle, n), 2 * Math.PI);
  return points(mul(r, cos(angle)), mul(r, sin(angle)), kNoise, 0.05);
};

/** Five arms: (1 + .3z₁, .1z₂), z ~ N(0, I), turned by 2πk/5 + ¼exp(1 + .3z₁); 1.4 times Johnson et al.'s. */
export const pinwheel: Generator2d = (key, n) => {
  const [kArm, kRadial, kAcross] = keys(key);
  const radial = add(1, mul(0.3, normal(kRadial, n)));
  const across = mul(0.1, normal(kAcross, n));
  const angle = add(mul(choice(kArm, n, 5), (2 * Math.PI) / 5), mul(0.25, exp(radial)));
  const x = sub(mul(radial, cos(angle)), mul(across, sin(angle)));
  const y = add(mul(radial, sin(angle)), mul(across, cos(angle)));
  return mul(stack([x, y], 1), 1.4);
};

/**
 * A spiral of one and a half turns: (t cos t − 2, t sin t − 2/3π)/7, t ~ U[1.5π, 4.5π]; scikit-learn's
 * make_swiss_roll without its depth, moved to mean 0.
 */
export const swissroll: Generator2d = (key, n) => {
  const [kT, kNoise] = keys(key);
  const t = mul(1.5 * Math.PI, add(1, mul(2, uniform(kT, n))));
  const x = div(sub(mul(t, cos(t)), 2), 7);
  const y = div(sub(mul(t, sin(t)), 2 / (3 * Math.PI)), 7);
  return points(x, y, kNoise, 1 / 7);
};

/** The generators by the names that the command line uses. */
export const generators: { readonly [name: string]: Generator2d } = {
  moons,
  "8gaussians": eightGaussians,
  spirals,
  checkerboard,
  rings,
  pinwheel,
  swissroll,
};
