// Objectives that draw their own noise on the device, from a step's key.
//
//   denoising   ε = random.normal(key, [B, d]),  x̃ = x + σε,  target −ε/σ
//   sliced      v = random.rademacher(key, [B, d]), or random.normal(key, [B, d])
//
// The draws are those of @cotangent/losses' objectives for the same key: signs exactly, normals within
// 2e-6. Threefry runs in halves of 16 bits (kernels/threefry-text.ts), so on every backend.
import type { Value } from "../device/values.ts";
import { requireNames, requireOneOf, requireOptions } from "../errors.ts";
import { normal, rademacher } from "../kernels/normal.ts";
import { gaussianTarget, perturb } from "../kernels/rows.ts";
import { entry, type Network } from "./network.ts";
import { denoising, implicit, type ObjectiveValues, sliced } from "./objectives.ts";

/** What a trainer minimises. */
export type TrainerObjective =
  /** Gaussian noise of standard deviation σ, in data units. */
  | { readonly name: "denoising"; readonly sigma: number }
  | {
      readonly name: "sliced";
      readonly reduced?: boolean;
      /** Default "rademacher". */
      readonly distribution?: "rademacher" | "gaussian";
    }
  | { readonly name: "implicit" };

/** Throws a TypeError on an objective, or settings of one, that there is not. */
export function requireObjective(objective: TrainerObjective): void {
  requireOptions("trainer: objective", objective, '{ name: "denoising", sigma: 0.5 }');
  const names = ["denoising", "sliced", "implicit"];
  requireOneOf("trainer: expected an objective with kernels", objective.name, names);
  const settings = { denoising: ["sigma"], sliced: ["reduced", "distribution"], implicit: [] };
  requireNames("trainer: objective", objective, ["name", ...settings[objective.name]]);
  if (objective.name === "denoising" && !(objective.sigma > 0))
    throw new TypeError(`trainer: expected sigma > 0 in data units, got ${objective.sigma}`);
  if (objective.name !== "sliced" || objective.distribution === undefined) return;
  const { distribution } = objective;
  requireOneOf("trainer: expected a distribution", distribution, ["rademacher", "gaussian"]);
}

/** A step's key and the place of a tile's rows in its batch. */
export interface StepDraws {
  /** [steps, 4], halves of 16 bits. */
  readonly keys: Value;
  /** [1], which of them. */
  readonly at: Value;
  /** [1], the tile's first row in the step's batch. */
  readonly first: Value;
  /** [1]. */
  readonly sigma: Value;
  readonly steps: number;
  /** Rows of the step's batch. */
  readonly total: number;
}

/** The objective of a tile x: [batch, d] with fresh draws; w: [batch, 1]. */
export function drawnObjective(
  objective: TrainerObjective,
  network: Network,
  x: Value,
  w: Value,
  { sigma, total, steps, ...place }: StepDraws,
): ObjectiveValues {
  if (objective.name === "implicit") return implicit(network, x, w);
  const { launch, batch, sizes } = network;
  const width = entry(sizes, 0);
  const drawSizes = { rows: batch, columns: width, total, steps };
  if (objective.name === "sliced") {
    const { reduced = false, distribution = "rademacher" } = objective;
    const draw = distribution === "gaussian" ? normal : rademacher;
    return sliced(network, x, launch(draw(drawSizes), place), w, reduced);
  }
  const epsilon = launch(normal(drawSizes), place);
  const noisy = launch(perturb({ batch, width }), { x, epsilon, sigma });
  const target = launch(gaussianTarget({ batch, width }), { epsilon, sigma });
  return denoising(network, noisy, target, w);
}
