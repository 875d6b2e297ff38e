/**
 * A table of numbers from delimited text: comma, semicolon or tab, with or without a header, quoted
 * cells, CRLF, a byte-order mark, decimal commas. Cells are split by csv-parse (RFC 4180); this file
 * decides the delimiter and the header and says what is wrong in words that name file, line and column.
 * Lines are counted from 1 in the file, columns from 1.
 */
import { type Tensor, tensor } from "@cotangent/autodiff";
import { CsvError, parse } from "csv-parse/sync";
import { type DecimalMark, looksLikeData, parseNumberCell, quoteCell } from "./number-cell.ts";
import { requireOptions, requireSwitch, requireThat } from "./preconditions.ts";

/** Numbers read from a file, one sample a row. */
export interface Table {
  /** Where it came from: a path. */
  readonly source: string;
  /** Header names, or `column 1`, `column 2`, … */
  readonly columns: readonly string[];
  readonly hasHeader: boolean;
  /** [rows, columns], f64. */
  readonly data: Tensor;
  /** The line of each row in the file, from 1. */
  readonly lines: readonly number[];
}

/** Overrides of what `parseTable` would detect. */
export interface TableOptions {
  readonly delimiter?: "," | ";" | "\t";
  /** Whether the first line holds names; detected when absent: no cell of it may look like data. */
  readonly header?: boolean;
}

interface Line {
  readonly record: readonly string[];
  readonly line: number;
}

/**
 * Reads delimited text as a table of finite numbers.
 *
 * Throws, naming `source`, line and column, for an empty file, a header without rows, a ragged row, a
 * cell that is empty, NaN, infinite or text, and quotes that do not close.
 */
export function parseTable(text: string, source: string, options: TableOptions = {}): Table {
  requireOptions("readTable", options, { delimiter: false, header: false });
  const isDelimiter = (mark: string): boolean => [",", ";", "\t"].includes(mark);
  requireThat("readTable", "delimiter", options.delimiter, 'to be ",", ";" or "\\t"', isDelimiter);
  requireSwitch("readTable", "header", options.header);
  const delimiter = options.delimiter ?? detectDelimiter(text);
  const lines = splitLines(text, delimiter, source);
  const first = lines[0];
  if (first === undefined) {
    throw new Error(`readTable: ${source}: expected rows of numbers, got an empty file`);
  }
  const hasHeader = options.header ?? !first.record.some(looksLikeData);
  const width = first.record.length;
  const columns = first.record.map((cell, j) => (hasHeader && cell.trim()) || `column ${j + 1}`);
  const rows = hasHeader ? lines.slice(1) : lines;
  if (rows.length === 0) {
    throw new Error(
      `readTable: ${source}: expected rows of numbers, got line ${first.line} only, a header`,
    );
  }
  const values = new Float64Array(rows.length * width);
  let mark: DecimalMark;
  rows.forEach(({ record, line }, i) => {
    if (record.length !== width) {
      throw new Error(
        `readTable: ${source}, line ${line}: expected ${width} cells as in line ${first.line}, ` +
          `got ${record.length}; complete or delete the row`,
      );
    }
    record.forEach((text, j) => {
      const cell = parseNumberCell(text, mark, delimiter === ",");
      if ("got" in cell) {
        const name = hasHeader ? ` (${quoteCell(columns[j] ?? "")})` : "";
        const header = line === first.line ? "; a header may not hold numbers" : "";
        throw new Error(
          `readTable: ${source}, line ${line}, column ${j + 1}${name}: ` +
            `expected a number, got ${cell.got}; ${cell.remedy}${header}`,
        );
      }
      mark = cell.mark;
      values[i * width + j] = cell.value;
    });
  });
  const data = tensor(values, { shape: [rows.length, width] });
  return { source, columns, hasHeader, data, lines: rows.map(({ line }) => line) };
}

/** The first of tab, semicolon and comma that stands outside quotes in the first line with content. */
function detectDelimiter(text: string): "," | ";" | "\t" {
  const first = text.split(/\r\n|\n|\r/).find((line) => line.trim() !== "") ?? "";
  const bare = first.replace(/"[^"]*"/g, "");
  return (["\t", ";"] as const).find((delimiter) => bare.includes(delimiter)) ?? ",";
}

function splitLines(text: string, delimiter: string, source: string): Line[] {
  try {
    const records = parse(text, {
      bom: true,
      delimiter,
      info: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { readonly record: string[]; readonly info: { readonly lines: number } }[];
    return records
      .map(({ record, info }) => ({ record, line: info.lines }))
      .filter(({ record }) => record.length > 1 || record[0]?.trim() !== "");
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(
      `readTable: ${source}: ${error.message}; close the quotes, or double those inside a cell`,
    );
  }
}

/**
 * Checks that a model can be fitted to a table: several rows, and columns that vary.
 *
 * A constant column has no density (its variance is 0), and a single row no spread at all.
 */
export function requireTrainable(table: Table): void {
  const { data, columns, source, hasHeader } = table;
  const [rows = 0, width = 0] = data.shape;
  if (rows < 2) {
    throw new Error(`train: ${source}: expected at least 2 rows to fit a density, got ${rows}`);
  }
  for (let j = 0; j < width; j += 1) {
    const first = data.data[j];
    let i = 1;
    while (i < rows && data.data[i * width + j] === first) i += 1;
    if (i < rows) continue;
    const name = hasHeader ? ` (${quoteCell(columns[j] ?? "")})` : "";
    throw new Error(
      `train: ${source}, column ${j + 1}${name}: expected values that vary, ` +
        `got ${first} in all ${rows} rows; delete the column`,
    );
  }
}
