// Expression trees to bytecode: operands first, then the instruction (the stack machine's order). Labels become the
// number of blocks between the branch and its target.

import type { ValueType } from "./instructions.ts";
import { unsigned } from "./leb128.ts";
import type { Expr, FunctionRef, Local } from "./nodes.ts";

export const TYPE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};
const EMPTY_BLOCK = 0x40;
const END = 0x0b;

/** What an encoded tree refers to. */
export interface Scope {
  readonly name: string;
  readonly locals: readonly Local[];
  readonly indexOf: (callee: FunctionRef) => number;
}

/** Appends bytes; a spread would overflow the stack for long ones. */
export function append(to: number[], bytes: ArrayLike<number>): void {
  for (let i = 0; i < bytes.length; i++) to.push(bytes[i]!);
}

/** Appends the code of statements to `out`. */
export function encodeStatements(statements: readonly Expr[], scope: Scope, out: number[]): void {
  const labels: string[] = [];

  const local = (variable: Local): number[] => {
    if (scope.locals[variable.index] !== variable)
      throw new TypeError(
        `function ${scope.name}: $${variable.name} is a local of another function`,
      );
    return unsigned(variable.index);
  };
  const depth = (label: string): number[] => {
    const at = labels.lastIndexOf(label);
    if (at < 0)
      throw new TypeError(`function ${scope.name}: no block $${label} around a branch to it`);
    return unsigned(labels.length - 1 - at);
  };
  const nested = (opcode: number, label: string, body: readonly Expr[]): void => {
    out.push(opcode, EMPTY_BLOCK);
    labels.push(label);
    body.forEach(encode);
    labels.pop();
  };

  function encode(expr: Expr): void {
    switch (expr.kind) {
      case "local":
        out.push(0x20, ...local(expr));
        break;
      case "plain":
        expr.operands.forEach(encode);
        append(out, expr.code);
        break;
      case "assignment":
        encode(expr.value);
        out.push(expr.type === "none" ? 0x21 : 0x22, ...local(expr.local));
        break;
      case "call":
        expr.operands.forEach(encode);
        out.push(0x10, ...unsigned(scope.indexOf(expr.callee)));
        break;
      case "branch":
        expr.operands.forEach(encode);
        out.push({ br: 0x0c, br_if: 0x0d, br_table: 0x0e }[expr.name]);
        if (expr.name === "br_table") out.push(...unsigned(expr.labels.length - 1));
        for (const label of expr.labels) out.push(...depth(label));
        break;
      case "block":
        nested(expr.name === "block" ? 0x02 : 0x03, expr.label, expr.body);
        out.push(END);
        break;
      case "if":
        encode(expr.condition);
        nested(0x04, "", expr.then);
        if (expr.otherwise.length) {
          out.push(0x05);
          labels.push("");
          expr.otherwise.forEach(encode);
          labels.pop();
        }
        out.push(END);
    }
  }
  statements.forEach(encode);
}

/** The body of a function as the code section wants it: its size, its locals in runs of one type, its code. */
export function encodeFunction(params: number, body: readonly Expr[], scope: Scope): number[] {
  const runs: [count: number, type: ValueType][] = [];
  for (const { type } of scope.locals.slice(params)) {
    const last = runs.at(-1);
    if (last?.[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  const code = unsigned(runs.length);
  for (const [count, type] of runs) code.push(...unsigned(count), TYPE_CODES[type]);
  encodeStatements(body, scope, code);
  code.push(END);
  const sized = unsigned(code.length);
  append(sized, code);
  return sized;
}
