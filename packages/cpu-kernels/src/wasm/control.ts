// Locals, calls, branches and blocks. Labels are names; `br` goes to the innermost enclosing block of that name: behind
// the end of a `block`, to the start of a `loop`.

import { checkTypes } from "./expr.ts";
import type {
  Assignment,
  Block,
  Branch,
  Call,
  Expr,
  FunctionRef,
  If,
  Local,
  Plain,
} from "./nodes.ts";

/** The value of a local. (A local is that expression itself; this is for those who like to see the word.) */
export function get(local: Local): Expr {
  return local;
}

export function set(local: Local, value: Expr): Assignment {
  if (value.type !== local.type) checkTypes(`local.set $${local.name}`, [local.type], [value]);
  return { kind: "assignment", type: "none", local, value };
}

/** Sets a local, and is the value. */
export function tee(local: Local, value: Expr): Assignment {
  if (value.type !== local.type) checkTypes(`local.tee $${local.name}`, [local.type], [value]);
  return { kind: "assignment", type: local.type, local, value };
}

export function call(callee: FunctionRef, ...operands: Expr[]): Call {
  checkTypes(`call $${callee.name}`, callee.params, operands);
  return { kind: "call", type: callee.results[0] ?? "none", callee, operands };
}

function checkBody(name: string, body: readonly Expr[]): void {
  for (let i = 0; i < body.length; i++) {
    const { type } = body[i]!;
    if (type !== "none")
      throw new TypeError(`${name}: a statement leaves an ${type}; wrap it in drop()`);
  }
}

export function block(label: string, ...body: Expr[]): Block {
  checkBody(`block $${label}`, body);
  return { kind: "block", type: "none", name: "block", label, body };
}

export function loop(label: string, ...body: Expr[]): Block {
  checkBody(`loop $${label}`, body);
  return { kind: "block", type: "none", name: "loop", label, body };
}

export function br(label: string): Branch {
  return { kind: "branch", type: "none", name: "br", labels: [label], operands: [] };
}

export function brIf(label: string, condition: Expr): Branch {
  checkTypes(`br_if $${label}`, ["i32"], [condition]);
  return { kind: "branch", type: "none", name: "br_if", labels: [label], operands: [condition] };
}

/** Goes to `labels[index]`, or to the last label if there are not as many. */
export function brTable(labels: readonly string[], index: Expr): Branch {
  checkTypes("br_table", ["i32"], [index]);
  return { kind: "branch", type: "none", name: "br_table", labels, operands: [index] };
}

export function ifElse(condition: Expr, then: readonly Expr[], otherwise: readonly Expr[]): If {
  checkTypes("if", ["i32"], [condition]);
  checkBody("if", then);
  checkBody("if", otherwise);
  return { kind: "if", type: "none", condition, then, otherwise };
}

export function ifThen(condition: Expr, ...then: Expr[]): If {
  return ifElse(condition, then, []);
}

/** `condition ? a : b`; both are evaluated. */
export function select(a: Expr, b: Expr, condition: Expr): Plain {
  checkTypes("select", [a.type, a.type, "i32"], [a, b, condition]);
  // The untyped form is for numbers only by the first specification, and takes vectors since SIMD is in it.
  return { kind: "plain", type: a.type, text: "select", code: [0x1b], operands: [a, b, condition] };
}

/** Evaluates and forgets. */
export function drop(value: Expr): Plain {
  return { kind: "plain", type: "none", text: "drop", code: [0x1a], operands: [value] };
}

/** Returns from the function, with its result if it has one. */
export function ret(...values: Expr[]): Plain {
  return { kind: "plain", type: "none", text: "return", code: [0x0f], operands: values };
}
