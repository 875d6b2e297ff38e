/** Three point masses, the contours of their noisy density, and the arrows that Tweedie's formula draws. */

import { exp, type Tensor, tensor } from "@cotangent/autodiff";
import { tweedie } from "@cotangent/sampling";
import { points } from "../../compare/problem.ts";
import type { Point } from "../../compare/result.ts";
import type { Figure } from "../claim.ts";
import { drawPlane, midpoints, type Shading, type Window } from "./plane.ts";

const masses: readonly Point[] = [
  [-1.8, -1],
  [0.2, 1.8],
  [1.9, -0.9],
];
const sigma = 0.8;
const window: Window = { x: [-4, 4], y: [-3.8, 4.2] };
const cells = { density: 60, arrows: 12 } as const;

/** What the figure draws: q on a grid, and where each place is moved. */
export interface DenoisingPicture {
  readonly shading: Shading;
  readonly arrows: readonly { readonly from: Point; readonly by: Point }[];
}

/** log q of the three masses, up to a constant: [B, 2] → [B]. */
function logDensity(z: Tensor): Tensor {
  const squares = z.expandDims(-2).sub(tensor(masses)).square().sum(-1);
  return squares.div(-2 * sigma ** 2).logsumexp(-1);
}

/** Denoises a grid of places with the score that `scoreOf` makes of log q. */
export function denoisingPicture(
  scoreOf: typeof import("@cotangent/losses").scoreOf,
): DenoisingPicture {
  const score = scoreOf((_: number, z: Tensor) => logDensity(z));
  const places = midpoints(window, cells.arrows, cells.arrows);
  const noisy = tensor(places);
  const moved = points(tweedie((z) => score(0, z), noisy, sigma));
  const density = exp(logDensity(tensor(midpoints(window, cells.density, cells.density))));
  return {
    shading: {
      columns: cells.density,
      rows: cells.density,
      values: Array.from(density.data, Number),
    },
    arrows: places.map((from, i): { from: Point; by: Point } => {
      const [x, y] = moved[i] ?? from;
      return { from, by: [x - from[0], y - from[1]] };
    }),
  };
}

/** The figure. */
export function denoisingFigure({ shading, arrows }: DenoisingPicture): Figure {
  return {
    svg: drawPlane(
      "Denoising arrows over the noisy density of three point masses",
      window,
      shading,
      {
        arrows,
        arrowScale: 0.45,
        crosses: masses,
      },
    ),
    caption:
      "Data at the three crosses, σ = .8. Shading: the noisy density q; each arrow points from x̃ to E[x | x̃], at 45% of its length.",
  };
}
