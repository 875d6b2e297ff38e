/** The paper's comparison as a chart and a table: test loss of each objective. */

import { htmlTable } from "../../report/html.ts";
import { significant } from "../../report/numbers.ts";
import { drawChart } from "../charts.ts";
import type { Figure } from "../claim.ts";
import { meanOf } from "../estimate.ts";

/** Test loss of each objective on one table, one number a split. */
export interface RealResults {
  readonly title: string;
  readonly losses: ReadonlyMap<string, readonly number[]>;
}

/** Denoising against σ, the other objectives as lines, and a table. */
export function realDataFigure({ title, losses }: RealResults, sigmas: readonly number[]): Figure {
  const points = sigmas.map((sigma) => {
    const { value, standardError } = meanOf(losses.get(`denoising, σ = ${sigma}`) ?? []);
    return { x: sigma, y: value, error: standardError / 4 };
  });
  const level = (name: string): number => meanOf(losses.get(name) ?? []).value;
  const line = (name: string) => [
    { x: 0.03, y: level(name) },
    { x: 1, y: level(name) },
  ];
  const means = Array.from(losses.values(), (values) => meanOf(values).value);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const domain = [low - 0.14 * (high - low), high + 0.1 * (high - low)] as const;
  const cells = Array.from(losses, ([name, values]) => {
    const { value, standardError } = meanOf(values);
    return [name, significant(value), `± ${significant(standardError, 2)}`];
  });
  return {
    svg: drawChart(`Test loss of each objective on ${title}`, {
      x: { label: "σ of denoising (standard deviations)", type: "log", ticks: [0.03, 0.1, 0.3, 1] },
      y: { label: `${title}: implicit loss on test rows`, domain },
      right: 30,
      series: [
        { points: line("implicit"), line: "solid", label: "implicit", labelAt: 0, lift: -12 },
        {
          points: line("sliced-reduced"),
          line: "dotted",
          label: "sliced, reduced",
          labelAt: 0,
          lift: 12,
          colour: "sliced-reduced",
        },
        {
          points: line("sliced"),
          line: "dashed",
          label: "sliced",
          labelAt: 0,
          lift: 12,
          colour: "sliced",
        },
        {
          points,
          mark: "circle",
          line: "solid",
          colour: "denoising",
          label: "denoising",
          labelAt: 1,
          lift: 14,
        },
      ],
    }),
    caption: `<b>${title}</b>, whitened; mean of ${losses.get("implicit")?.length} splits, bars of one standard error.${htmlTable(["objective", "test loss", ""], cells)}`,
  };
}
