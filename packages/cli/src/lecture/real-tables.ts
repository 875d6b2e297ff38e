/**
 * The paper's tables, prepared as the paper prepares them: damaged rows left out, split, dequantised, whitened.
 *
 * Equal rows stay on one side of a split, and the whitening is fitted to the training rows alone.
 * Source: Song, Garg, Shi & Ermon 2019, section 5 and its appendix.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { random, type Tensor } from "@cotangent/autodiff";
import {
  dequantise,
  duplicateReport,
  outliers,
  Standardiser,
  splitRows,
  takeRows,
} from "@cotangent/training";
import { readTable } from "@cotangent/training/node";
import { failed } from "../failure.ts";

/** The files, by what the figures call them. */
export const realTables = [
  { title: "Parkinsons", file: "parkinsons.data" },
  { title: "RedWine", file: "winequality-red.csv" },
] as const;

/** Whitened rows in single precision. */
export interface RealSplit {
  readonly train: Tensor;
  readonly validation: Tensor;
  readonly test: Tensor;
}

/** Reads one of the tables without the rows whose values look damaged. */
export function readRealTable(folder: string, file: string): Tensor {
  const path = join(folder, file);
  if (!existsSync(path))
    throw failed(
      `--data ${folder}: expected the files ${realTables.map((table) => table.file).join(" and ")}, and there is no ${file}`,
    );
  const { data } = readTable(path);
  const damaged = new Set(outliers(data).map(({ row }) => row));
  const all = Array.from({ length: data.shape[0] ?? 0 }, (_, row) => row);
  return takeRows(
    data,
    all.filter((row) => !damaged.has(row)),
  );
}

/** A random split: 68% to train, 12% to choose the number of steps, 20% to test. */
export function splitRealTable(data: Tensor, key: Tensor): RealSplit {
  const report = duplicateReport(data);
  const outer = splitRows(random.foldIn(key, 0), data, 0.2);
  const inner = splitRows(random.foldIn(key, 1), outer.train, 0.15);
  const parts = [inner.train, inner.validation, outer.validation].map((rows, i) =>
    dequantise(random.foldIn(key, 2 + i), rows, report),
  ) as [Tensor, Tensor, Tensor];
  const standardiser = Standardiser.fit(parts[0], { method: "pca" });
  const [train, validation, test] = parts.map((rows) =>
    standardiser.forward(rows).astype("f32"),
  ) as [Tensor, Tensor, Tensor];
  return { train, validation, test };
}
