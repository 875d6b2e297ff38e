/**
 * Repeated rows and quantised columns, and what to do about them.
 *
 * Implicit and sliced score matching are unbounded below on such data: a model may put ever sharper peaks
 * on values that recur, where tr J → −∞. Dequantising spreads each value over its grid cell,
 *
 *   x′ = x + h(u − ½),  u ~ U[0, 1),
 *
 * which leaves means unchanged and adds h²/12 to a column's variance.
 * Source: Theis, van den Oord, Bethge, A note on the evaluation of generative models, ICLR 2016, section 3.1.
 */
import { add, mul, random, sub, type Tensor, tensor } from "@cotangent/autodiff";
import { gridStep } from "./grid-step.ts";

export interface ColumnReport {
  readonly name: string;
  /** How many different values it has. */
  readonly distinct: number;
  /** Share of the rows whose value equals an earlier row's. */
  readonly tied: number;
  /** The spacing of the grid that nearly all its values lie on, in the column's units, when there is one. */
  readonly gridStep?: number;
  /** On a grid, and more than a twentieth of the rows repeat an earlier row's value: `dequantise` spreads it. */
  readonly quantised: boolean;
}

export interface DuplicateReport {
  readonly rows: number;
  /** Rows that equal an earlier row in every column. */
  readonly repeatedRows: number;
  readonly repeatedFraction: number;
  readonly columns: readonly ColumnReport[];
  /** Sentences to show before fitting implicit or sliced objectives; empty when nothing was found. */
  readonly warnings: readonly string[];
}

/** Below this share of repeated values, a column counts as continuous. */
const tiedShare = 0.05;

/** Counts repeated rows and finds quantised columns. data: [N, d]; `columns`: names, default `column 1`, … */
export function duplicateReport(data: Tensor, columns?: readonly string[]): DuplicateReport {
  const [n = 0, d = 0] = data.shape;
  if (data.shape.length !== 2 || n < 1) {
    throw new Error(`duplicateReport: expected data [rows, columns], got [${data.shape}]`);
  }
  const repeatedRows = n - new Set(rowKeys(data)).size;
  const reports = Array.from({ length: d }, (_, j): ColumnReport => {
    const sorted = Float64Array.from(
      { length: n },
      (_, i) => data.data[i * d + j] as number,
    ).sort();
    const distinct = new Set(sorted).size;
    const step = gridStep(sorted);
    return {
      name: columns?.[j] ?? `column ${j + 1}`,
      distinct,
      ...(step === undefined ? {} : { gridStep: step }),
      tied: (n - distinct) / n,
      quantised: step !== undefined && n - distinct > tiedShare * n,
    };
  });
  const repeatedFraction = repeatedRows / n;
  return {
    rows: n,
    repeatedRows,
    repeatedFraction,
    columns: reports,
    warnings: warn(n, repeatedRows, reports),
  };
}

function warn(rows: number, repeated: number, columns: readonly ColumnReport[]): readonly string[] {
  const warnings: string[] = [];
  if (repeated > 0) {
    const percent = ((100 * repeated) / rows).toFixed(1);
    warnings.push(
      `${repeated} of ${rows} rows (${percent}%) repeat an earlier row: implicit and sliced objectives are ` +
        "unbounded below on repeated rows; dequantise, add a little noise, or use a denoising objective",
    );
  }
  const tied = columns.filter((column) => column.tied > tiedShare);
  const quantised = tied.flatMap(({ name, gridStep }) =>
    gridStep === undefined ? [] : [`${name} (step ${gridStep})`],
  );
  if (quantised.length > 0) {
    warnings.push(
      `quantised: ${few(quantised)}: implicit and sliced objectives are unbounded below on quantised data; ` +
        "dequantise, add a little noise, or use a denoising objective",
    );
  }
  const loose = tied.filter(({ gridStep }) => gridStep === undefined).map(({ name }) => name);
  if (loose.length > 0) {
    warnings.push(
      `repeated values on no grid: ${few(loose)}: implicit and sliced objectives are unbounded below on ` +
        "them, and dequantising leaves them as they are; add a little noise, or use a denoising objective",
    );
  }
  return warnings;
}

function few(names: readonly string[]): string {
  return names.length > 4
    ? `${names.slice(0, 4).join(", ")}, ${names.length - 4} more`
    : names.join(", ");
}

/** One string per row, equal exactly when the rows are (0 and −0 are). */
export function rowKeys(data: Tensor): readonly string[] {
  const [n = 0] = data.shape;
  const d = n === 0 ? 0 : data.size / n;
  return Array.from({ length: n }, (_, i) => data.data.slice(i * d, (i + 1) * d).join());
}

/**
 * Spreads each quantised column of `data` over its grid cells: x + h(u − ½), u uniform from `key`.
 *
 * data: [N, d] in the units of `report`, which is that of this data. Columns not quantised stay as they are.
 */
export function dequantise(key: Tensor, data: Tensor, report: DuplicateReport): Tensor {
  if (data.shape.length !== 2 || data.shape[1] !== report.columns.length) {
    throw new Error(
      `dequantise: expected data [rows, ${report.columns.length}] as in the report, got [${data.shape}]`,
    );
  }
  const steps = report.columns.map(({ quantised, gridStep }) => (quantised && gridStep) || 0);
  const u = random.uniform(key, data.shape, { dtype: data.dtype === "f32" ? "f32" : "f64" });
  return add(data, mul(sub(u, 0.5), tensor([steps], { dtype: data.dtype })));
}
