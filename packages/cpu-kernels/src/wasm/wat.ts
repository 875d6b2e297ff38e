// Expression trees to the WebAssembly text format, folded: (f32x4.mul (local.get $x) (local.get $y)).
// Whatever fits in a line of 100 columns stays in one.

import type { FunctionBuilder } from "./function.ts";
import type { Expr, Local } from "./nodes.ts";

const WIDTH = 100;

/** An S-expression: its head, its children, and whether each child must have its own line. */
interface Form {
  readonly head: string;
  readonly children: readonly Form[];
  readonly broken?: boolean;
}

function formOf(expr: Expr): Form {
  switch (expr.kind) {
    case "local":
      return { head: `local.get $${expr.name}`, children: [] };
    case "plain":
      return { head: expr.text, children: expr.operands.map(formOf) };
    case "assignment": {
      const name = expr.type === "none" ? "local.set" : "local.tee";
      return { head: `${name} $${expr.local.name}`, children: [formOf(expr.value)] };
    }
    case "call":
      return { head: `call $${expr.callee.name}`, children: expr.operands.map(formOf) };
    case "branch": {
      const labels = expr.labels.map((label) => ` $${label}`).join("");
      return { head: expr.name + labels, children: expr.operands.map(formOf) };
    }
    case "block":
      return { head: `${expr.name} $${expr.label}`, children: expr.body.map(formOf), broken: true };
    case "if": {
      const arm = (head: string, body: readonly Expr[]): Form[] =>
        body.length || head === "then" ? [{ head, children: body.map(formOf), broken: true }] : [];
      const arms = [...arm("then", expr.then), ...arm("else", expr.otherwise)];
      return { head: "if", children: [formOf(expr.condition), ...arms], broken: true };
    }
  }
}

function flat({ head, children }: Form): string {
  return `(${[head, ...children.map(flat)].join(" ")})`;
}

const isBroken = (form: Form): boolean => !!form.broken || form.children.some(isBroken);

function layout(form: Form, indent: string): string {
  if (!isBroken(form)) {
    const line = indent + flat(form);
    if (line.length <= WIDTH || form.children.length === 0) return line;
  }
  const children = form.children.map((child) => layout(child, `${indent}  `));
  return `${[`${indent}(${form.head}`, ...children].join("\n")})`;
}

/** `(func $name (param …) (result …) …)`, indented by two spaces. */
export function functionToWat(
  { ref, locals, body }: FunctionBuilder,
  exported: readonly string[],
): string {
  const declare = (word: string, { name, type }: Local): string => ` (${word} $${name} ${type})`;
  const exports = exported.map((name) => ` (export ${JSON.stringify(name)})`).join("");
  const params = locals.slice(0, ref.params.length).map((local) => declare("param", local));
  const results = ref.results.map((type) => ` (result ${type})`).join("");
  const head = `func $${ref.name}${exports}${params.join("")}${results}`;
  const variables = locals
    .slice(ref.params.length)
    .map(({ name, type }): Form => ({ head: `local $${name} ${type}`, children: [] }));
  return layout({ head, children: [...variables, ...body.map(formOf)], broken: true }, "  ");
}
