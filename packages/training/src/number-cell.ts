/**
 * One cell of a table as a number: the decimal point, or the decimal comma of much of Europe where the
 * comma does not separate cells. A file uses one of the two: a second mark is an error, since "1,234"
 * beside "1.5" is a thousands separator that would silently become 1.234.
 * Called by table.ts for every cell; returns why a cell is no number instead of throwing, because only
 * the caller knows the line and the column.
 */

/** The decimal mark met so far in a file; `undefined` until a cell shows one. */
export type DecimalMark = "." | "," | undefined;

/** A number and the file's decimal mark after it, or what is wrong and what to do about it. */
export type NumberCell =
  | { readonly value: number; readonly mark: DecimalMark }
  | { readonly got: string; readonly remedy: string };

const decimal = /^[+-]?(?:\d+([.,]?)\d*|([.,])\d+)(?:[eE][+-]?\d+)?$/;
const thousands = /^[+-]?\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d+)?$/;
const missing = new Set(["na", "n/a", "null", "none", "?", "-", "."]);
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/** `true` for cells that can only be data: numbers, NaN and infinities, the usual marks of a missing value. */
export function looksLikeData(cell: string): boolean {
  const text = cell.trim();
  return isMissing(text) || text.split(/\s+/).every((x) => decimal.test(x) || thousands.test(x));
}

function isMissing(text: string): boolean {
  return notFinite.test(text) || missing.has(text.toLowerCase());
}

/** `cell` in quotes, cut to a length that a message can carry. */
export function quoteCell(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 37)}…` : cell);
}

/** Reads one cell; `commaSeparates` says that the comma is the file's delimiter. */
export function parseNumberCell(
  cell: string,
  mark: DecimalMark,
  commaSeparates: boolean,
): NumberCell {
  const text = cell.trim();
  if (text === "") {
    return { got: "an empty cell", remedy: "fill it in, or delete its row or column" };
  }
  if (isMissing(text)) {
    return {
      got: `${quoteCell(text)}, a missing or infinite value`,
      remedy: "fill it in, or delete its row or column",
    };
  }
  const match = decimal.exec(text);
  if (match === null) return notANumber(text);
  const found = (match[1] || match[2] || undefined) as DecimalMark;
  if (found === "," && commaSeparates) {
    return {
      got: quoteCell(text),
      remedy: "write a decimal point, or separate cells by semicolons",
    };
  }
  if (found !== undefined && mark !== undefined && found !== mark) {
    return {
      got: `${quoteCell(text)}, after cells whose decimal mark is ${quoteCell(mark)}`,
      remedy: "use one decimal mark and no thousands separators",
    };
  }
  const value = Number(text.replace(",", "."));
  if (!Number.isFinite(value)) {
    return {
      got: `${quoteCell(text)}, beyond the range of a double`,
      remedy: "rescale the column",
    };
  }
  return { value, mark: mark ?? found };
}

function notANumber(text: string): NumberCell {
  if (thousands.test(text)) {
    return { got: quoteCell(text), remedy: "remove the thousands separators" };
  }
  if (/^\S+(?:\s+\S+)+$/.test(text) && text.split(/\s+/).every((word) => decimal.test(word))) {
    return {
      got: `${quoteCell(text)}, several numbers`,
      remedy: "separate cells by commas, semicolons or tabs instead of spaces",
    };
  }
  return { got: quoteCell(text), remedy: "correct the cell, or delete its row or column" };
}
