/**
 * Between data units and the standardised units that a model sees.
 *
 * Columns with wild values go through their normal scores first (tail-map.ts), then all columns
 * through an affine map: PCA whitening, a scale for each column, or nothing. Fitted to the training
 * rows alone and kept with the run, so that samples come back in data units.
 */

import { type Tensor, tensor } from "@cotangent/autodiff";
import { Standardiser } from "@cotangent/training";
import { failed } from "../failure.ts";
import { fitTailMap, fromScore, spreadOf, type TailMap, toScore } from "./tail-map.ts";

/** The affine part: PCA whitening, each column by itself, or nothing. */
export const standardisations = ["whiten", "scale", "none"] as const;

/** What decides the units. */
export interface UnitsOptions {
  readonly standardise: (typeof standardisations)[number];
  readonly tails: "map" | "keep";
  readonly columns: readonly string[];
}

/** Values over this many robust standard deviations from the median are wild. */
export const wildDistance = 10;

/** The two maps in one. */
export class Units {
  readonly columns: readonly string[];
  /** One for each column; null where the column goes straight to the affine map. */
  readonly tails: readonly (TailMap | null)[];
  readonly standardiser: Standardiser;

  private constructor(tails: readonly (TailMap | null)[], standardiser: Standardiser) {
    this.columns = standardiser.columns;
    this.tails = tails;
    this.standardiser = standardiser;
  }

  /** Fits training rows x: [N, d]. */
  static fit(x: Tensor, { standardise, tails, columns }: UnitsOptions): Units {
    const maps = columns.map((_, j) => {
      const column = columnOf(x, j);
      const wild = tails === "map" && spreadOf(column).distance > wildDistance;
      return wild ? fitTailMap(column) : null;
    });
    const mapped = mapColumns(x, maps, toScore);
    return new Units(maps, fitAffine(mapped, standardise, columns));
  }

  /** Reads what `toJSON` wrote; `source` names the file in errors. */
  static fromJSON(json: unknown, source: string): Units {
    const { tails, affine } = (json ?? {}) as { tails?: unknown; affine?: unknown };
    const standardiser = Standardiser.fromJSON(affine, source);
    if (!Array.isArray(tails) || tails.length !== standardiser.columns.length || !tails.every(isMap)) {
      throw failed(`${source}: expected tails, a map or null for each column, got something else`);
    }
    return new Units(tails, standardiser);
  }

  /** x: [N, d] in data units → standardised. */
  forward(x: Tensor): Tensor {
    return this.standardiser.forward(mapColumns(x, this.tails, toScore));
  }

  /** z: [N, d] standardised → data units. */
  inverse(z: Tensor): Tensor {
    return mapColumns(this.standardiser.inverse(z), this.tails, fromScore);
  }

  /** Everything that `fromJSON` needs. */
  toJSON(): { readonly [key: string]: unknown } {
    return { tails: this.tails, affine: this.standardiser.toJSON() };
  }
}

/** The values of one column of x: [N, d]. */
export function columnOf(x: Tensor, j: number): Float64Array {
  const [rows = 0, width = 0] = x.shape;
  return Float64Array.from({ length: rows }, (_, i) => Number(x.data[i * width + j]));
}

function mapColumns(
  x: Tensor,
  maps: readonly (TailMap | null)[],
  f: (map: TailMap, value: number) => number,
): Tensor {
  if (maps.every((map) => map === null)) return x;
  const mapped = Float64Array.from(x.data, (value, i) => {
    const map = maps[i % maps.length];
    return map ? f(map, Number(value)) : Number(value);
  });
  return tensor(mapped, { shape: x.shape });
}

function fitAffine(x: Tensor, how: UnitsOptions["standardise"], columns: readonly string[]): Standardiser {
  if (how === "whiten") return Standardiser.fit(x, { method: "pca", columns });
  if (how === "scale") return Standardiser.fit(x, { method: "scale", columns });
  const identity = columns.map((_, i) => columns.map((__, j) => (i === j ? 1 : 0)));
  const mean = columns.map(() => 0);
  const maps = { toStandard: identity, toData: identity };
  return Standardiser.fromJSON({ method: "scale", columns, mean, ...maps, notes: [] });
}

function isMap(value: unknown): boolean {
  if (value === null) return true;
  const { values, scores, scale } = value as Partial<TailMap>;
  return (
    Array.isArray(values) && Array.isArray(scores) && values.length === scores.length && Number(scale) > 0
  );
}
