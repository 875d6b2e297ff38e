/** Plain-text tables: a header, a rule, rows; the first column to the left, numbers to the right. */

/** The table as text, without a newline at its end. */
export function textTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) =>
    Math.max(...lines.map((line) => displayWidth(line[column] ?? ""))),
  );
  const format = (line: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = line[column] ?? "";
        const gap = " ".repeat(width - displayWidth(cell));
        return column === 0 ? cell + gap : gap + cell;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [format(heads), rule, ...rows.map(format)].join("\n");
}

/** Columns that a text takes on a terminal: combining marks take none. */
function displayWidth(text: string): number {
  return [...text.normalize("NFC").replace(/\p{M}/gu, "")].length;
}
