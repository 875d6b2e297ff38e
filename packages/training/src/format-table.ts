/** Numbers as CSV text that reads back exactly: samples in the data's units. */
import type { Tensor } from "@cotangent/autodiff";

/** `data` [N, d] as comma-separated lines, after a header of `columns` when given; numbers in their shortest exact form. */
export function formatTable(columns: readonly string[] | undefined, data: Tensor): string {
  const [n = 0, d = 0] = data.shape;
  const lines = columns === undefined ? [] : [columns.map(quoted).join(",")];
  for (let i = 0; i < n; i += 1) lines.push(data.data.slice(i * d, (i + 1) * d).join(","));
  return `${lines.join("\n")}\n`;
}

function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
