// Numbers and tables for people.
import type { Spread } from "./statistics.ts";

/** Three significant digits, without exponents: 0.0123, 1.23, 123, 12300. */
export function digits(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 6));
}

/** "4.07 (3.98–4.21)": a median and its quartiles. */
export function withQuartiles({ median, lower, upper }: Spread): string {
  return `${digits(median)} (${digits(lower)}–${digits(upper)})`;
}

/** A Markdown table; every column but the first is aligned right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, i) => (i === 0 ? "---" : "--:"));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}
