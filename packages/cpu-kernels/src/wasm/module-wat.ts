// A module in the text format.

import type { ModuleParts } from "./module-parts.ts";
import { functionToWat } from "./wat.ts";

const quote = JSON.stringify;

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");

/** `(module …)`, one field a line. */
export function moduleToWat({ memory, imports, trees, exports, data }: ModuleParts): string {
  if (trees === null) throw new TypeError("module: has no text, expected isPrinted");
  const lines = imports.map(({ ref, module, name }) => {
    const [params, results] = [ref.params, ref.results].map((types) => types.join(" "));
    const type = `${params && ` (param ${params})`}${results && ` (result ${results})`}`;
    return `(import ${quote(module)} ${quote(name)} (func $${ref.name}${type}))`;
  });
  if (memory) {
    const { pages, maximum, shared, import: from, export: to } = memory;
    const outward = to === undefined ? "" : ` (export ${quote(to)})`;
    const inward = from ? ` (import ${quote(from.module)} ${quote(from.name)})` : "";
    const limits = `${pages}${maximum === undefined ? "" : ` ${maximum}`}${shared ? " shared" : ""}`;
    lines.push(`(memory${outward}${inward} ${limits})`);
  }
  for (const fb of trees) {
    const exported = exports.filter(([, ref]) => ref === fb.ref).map(([name]) => name);
    lines.push(functionToWat(fb, exported));
  }
  for (const { offset, bytes } of data) lines.push(`(data (i32.const ${offset}) "${hex(bytes)}")`);
  return `${["(module", ...lines.map((line) => `  ${line.trimStart()}`)].join("\n")})\n`;
}
