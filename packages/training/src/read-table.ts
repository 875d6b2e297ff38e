/**
 * Reads a table of numbers from a file: bytes to text (UTF-8, or UTF-16 as spreadsheets write it when
 * its byte-order mark says so), then table.ts.
 */
import { readFileSync } from "node:fs";
import { fileError } from "./file-error.ts";
import { parseTable, type Table, type TableOptions } from "./table.ts";

/**
 * Reads a comma-, semicolon- or tab-separated file of numbers.
 *
 * data: [rows, columns], f64. Throws one sentence that names the file, the line, the column and what
 * stood there: see `parseTable`; also for a missing or unreadable file and for one that is not text.
 */
export function readTable(path: string, options: TableOptions = {}): Table {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError("readTable", path, error);
  }
  return parseTable(decode(bytes, path), path, options);
}

function decode(bytes: Uint8Array, path: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes.includes(0)) {
    throw new Error(`readTable: ${path}: expected text, got binary data; export the table as CSV`);
  }
  return new TextDecoder("utf-8").decode(bytes);
}
