/** The ways a table may be written: train reads the same numbers from each of them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { succeed, temporaryFolder } from "./command.ts";
import { measurements, parseCsv } from "./measurements.ts";

const folder = temporaryFolder(afterAll);
const numbers = measurements(40);

/** Rows of cells as text. */
function written(delimiter: string, end: string, cell = plain, names = ["a", "b c"]): string {
  const rows = numbers.map((row) => row.map((value) => cell(String(value))));
  return [...(names.length > 0 ? [names.map(cell)] : []), ...rows]
    .map((row) => row.join(delimiter) + end)
    .join("");
}
const plain = (text: string): string => text;
const quoted = (text: string): string => `"${text}"`;
const comma = (text: string): string => text.replace(".", ",");
const generated = ["column 1", "column 2"];

const ways: readonly (readonly [string, string | Uint8Array, readonly string[]])[] = [
  ["commas", written(",", "\n"), ["a", "b c"]],
  ["semicolons", written(";", "\n"), ["a", "b c"]],
  ["tabs", written("\t", "\n"), ["a", "b c"]],
  ["CRLF line ends", written(",", "\r\n"), ["a", "b c"]],
  ["no line end after the last row", written(",", "\n").trimEnd(), ["a", "b c"]],
  ["blank lines at the end", `${written(",", "\n")}\n\n`, ["a", "b c"]],
  ["a byte-order mark", `\ufeff${written(",", "\n")}`, ["a", "b c"]],
  [
    "UTF-16, as spreadsheets export it",
    Buffer.from(`\ufeff${written("\t", "\r\n")}`, "utf16le"),
    ["a", "b c"],
  ],
  ["quoted cells", written(",", "\n", quoted), ["a", "b c"]],
  [
    "quoted names with delimiters, quotes and line ends",
    written(",", "\n", plain, ['"a, ""m"""', '"b\nc"']),
    ['a, "m"', "b\nc"],
  ],
  [
    "names of units beyond ASCII",
    written(";", "\n", plain, ["Höhe (µm)", "温度"]),
    ["Höhe (µm)", "温度"],
  ],
  ["spaces around cells", written(" , ", " \n"), ["a", "b c"]],
  ["decimal commas between semicolons", written(";", "\n", comma), ["a", "b c"]],
  ["no header", written(",", "\n", plain, []), generated],
  [
    "no header, a byte-order mark, semicolons and CRLF",
    `\ufeff${written(";", "\r\n", plain, [])}`,
    generated,
  ],
];

test.each(ways)(
  "train reads a table with %s, and samples come back in its form",
  async (way, text, names) => {
    const [path, run] = [join(folder, `${way}.csv`), join(folder, way)];
    writeFileSync(path, text);
    const tiny = ["--steps", "1", "--batch", "8", "--hidden", "4"];
    await succeed("train", path, ...tiny, "--validation", "0.2", "--out", run);
    const { data } = JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
    expect(data).toMatchObject({ columns: names, hasHeader: names !== generated });
    const parts = ["train", "validation", "test"].map((part) =>
      dataRows(readFileSync(join(run, `${part}.csv`), "utf8")),
    );
    expect(parts.flat().toSorted()).toEqual(numbers.map((row) => row.join()).toSorted());
    const samples = await succeed("sample", run, "--count", "3", "--steps", "1");
    expect(dataRows(samples)).toHaveLength(3);
    const first = samples.split("\n")[0];
    if (names === generated) expect(parseCsv(samples).header).toBeUndefined();
    else if (names[0] === "a") expect(first).toBe("a,b c");
    // What train wrote, the command reads again under the same names.
    await succeed("denoise", run, join(run, "test.csv"), "--sigma", "1");
    await succeed("denoise", run, path, "--sigma", "1");
  },
);

/** The lines of a CSV text that hold numbers alone. */
function dataRows(text: string): string[] {
  return text.split("\n").filter((line) => /^[-+.\de]+,[-+.\de]+$/i.test(line));
}
