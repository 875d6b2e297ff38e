import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "@cotangent/autodiff";
import { formatTable } from "@cotangent/training";
import {
  parseTable,
  readTable,
  requireTrainable,
  type TableOptions,
} from "@cotangent/training/node";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "table-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = (text: string, options?: TableOptions) =>
  parseTable(text, "t.csv", options).data.toArray();
const message = (text: string) => {
  try {
    return JSON.stringify(rows(text));
  } catch (error) {
    return (error as Error).message;
  }
};

test("commas, semicolons and tabs separate cells", () => {
  for (const delimiter of [",", ";", "\t"]) {
    expect(rows(["1", "2"].join(delimiter))).toEqual([[1, 2]]);
    expect(rows(`a${delimiter}b\n1${delimiter}2\n3${delimiter}4\n`)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  }
  expect(rows("1\n2\n3")).toEqual([[1], [2], [3]]);
});

test("a header is a first line in which nothing looks like data", () => {
  expect(parseTable("length,wait (min)\n1,2\n", "t.csv")).toMatchObject({
    hasHeader: true,
    columns: ["length", "wait (min)"],
  });
  expect(parseTable("1,2\n3,4\n", "t.csv")).toMatchObject({
    hasHeader: false,
    columns: ["column 1", "column 2"],
  });
  expect(parseTable(",value\n0,2\n", "t.csv").columns).toEqual(["column 1", "value"]);
  expect(rows("2019,2020\n1,2\n", { header: true })).toEqual([[1, 2]]);
});

test("quotes, CRLF, CR, a byte-order mark, blank lines and spaces around numbers are read through", () => {
  expect(rows('\uFEFF"a, b","c ""d"""\r\n"1", 2 \r\n\r\n 3,"4"\r\n')).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(rows("1,2\r3,4\r")).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(rows("\n  \n1,2\n   \n3,4\n\n")).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("every way to write a double is read exactly", () => {
  expect(rows("1e3,-2.5E-3,+.5,7.,0,-0.0")).toEqual([[1000, -0.0025, 0.5, 7, 0, -0]]);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      // `${-0}` is "0": the sign of zero is lost before the reader sees it.
      expect(rows(`${x},1`)).toEqual([[x + 0, 1]]);
    }),
  );
});

test("decimal commas are read where the comma does not separate cells", () => {
  expect(rows("x;y\n1,5;-2,25e1\n3;,5\n")).toEqual([
    [1.5, -22.5],
    [3, 0.5],
  ]);
  expect(rows("1,5\t2")).toEqual([[1.5, 2]]);
});

test("what stands in a cell is named with its file, line, column and header", () => {
  expect(message('"long\nname",b\n1,2\n3,n/a\n')).toBe(
    'readTable: t.csv, line 4, column 2 ("b"): expected a number, got "n/a", a missing or infinite value; ' +
      "fill it in, or delete its row or column",
  );
});

test("each kind of bad cell gets its own sentence", () => {
  const at = (text: string) => message(text).replace("readTable: t.csv, ", "");
  expect(at("1,2\n3,abc\n")).toBe(
    'line 2, column 2: expected a number, got "abc"; correct the cell, or delete its row or column',
  );
  expect(at("1,2\n3,\n")).toBe(
    "line 2, column 2: expected a number, got an empty cell; fill it in, or delete its row or column",
  );
  for (const text of ["NaN", "inf", "-Infinity", "NA", "?", "null"]) {
    expect(at(`1,2\n${text},4\n`)).toContain(
      `line 2, column 1: expected a number, got "${text}", a missing or infinite value`,
    );
  }
  expect(at("1,2\n1e999,4\n")).toContain('got "1e999", beyond the range of a double; rescale');
  expect(at('1,2\n"1,5",4\n')).toContain("write a decimal point, or separate cells by semicolons");
  expect(at("1;2\n1.5;2,5\n")).toContain(
    'got "2,5", after cells whose decimal mark is "."; use one decimal mark and no thousands',
  );
  expect(at('1,2\n"1,234.5",4\n')).toContain('got "1,234.5"; remove the thousands separators');
  expect(at("1.5 2.5 3.5\n")).toContain("several numbers; separate cells by commas, semicolons");
  expect(at("1,setosa\n2,virginica\n")).toContain(
    'line 1, column 2: expected a number, got "setosa"; correct the cell, or delete its row or column; a header may not hold numbers',
  );
  expect(at(`1,2\n${"x".repeat(100)},4\n`)).toContain(`got "${"x".repeat(37)}…"`);
});

test("a ragged row is named by its line in the file", () => {
  expect(message("a,b\n1,2\n\n3,4,5\n")).toBe(
    "readTable: t.csv, line 4: expected 2 cells as in line 1, got 3; complete or delete the row",
  );
  expect(message("1;2\n3\n")).toContain("line 2: expected 2 cells as in line 1, got 1");
});

test("an empty file, a lone header and open quotes are errors", () => {
  expect(message("")).toBe("readTable: t.csv: expected rows of numbers, got an empty file");
  expect(message("\uFEFF\r\n")).toContain("got an empty file");
  expect(message("a,b\n")).toBe(
    "readTable: t.csv: expected rows of numbers, got line 1 only, a header",
  );
  expect(message('a,b\n1,"2\n')).toMatch(/t\.csv: Quote Not Closed.*line.*; close the quotes/);
});

test("readTable reads UTF-8 and UTF-16 files and names the file that it cannot read", () => {
  const path = join(folder, "data.csv");
  writeFileSync(path, "größe;y\n1,5;2\n");
  expect(readTable(path)).toMatchObject({ source: path, columns: ["größe", "y"] });
  writeFileSync(path, "\uFEFFa\tb\r\n1\t2\r\n", "utf16le");
  expect(readTable(path).data.toArray()).toEqual([[1, 2]]);
  writeFileSync(path, new Uint8Array([1, 0, 2, 0]));
  expect(() => readTable(path)).toThrow(`readTable: ${path}: expected text, got binary data`);
  const missing = join(folder, "missing.csv");
  expect(() => readTable(missing)).toThrow(`readTable: ${missing}: there is no such file`);
  expect(() => readTable(folder)).toThrow(`readTable: ${folder}: expected a file, got a folder`);
});

test("one row and constant columns are fine to read, and refused for training", () => {
  const one = parseTable("a,b\n1,2\n", "t.csv");
  expect(() => requireTrainable(one)).toThrow(
    "train: t.csv: expected at least 2 rows to fit a density, got 1",
  );
  const constant = parseTable("a,b\n1,2\n3,2\n4,2\n", "t.csv");
  expect(() => requireTrainable(constant)).toThrow(
    't.csv, column 2 ("b"): expected values that vary, got 2 in all 3 rows; delete the column',
  );
  expect(() => requireTrainable(parseTable("1,2\n3,4\n", "t.csv"))).not.toThrow();
});

test("a formatted table reads back to the bits it was written from", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat()), {
        minLength: 1,
      }),
      (values) => {
        const text = formatTable(['a "b"', "c,d"], tensor(values as number[][]));
        const table = parseTable(text, "t.csv");
        expect(table.columns).toEqual(['a "b"', "c,d"]);
        const unsigned = values.map((row) => row.map((x) => x + 0));
        expect(table.data.toArray()).toEqual(unsigned);
      },
    ),
  );
});
