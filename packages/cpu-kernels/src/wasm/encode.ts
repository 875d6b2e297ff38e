// Expression trees to bytecode: operands first, then the instruction (the stack machine's order). Labels become the
// number of blocks between the branch and its target.

import type { ValueType } from "./instructions.ts";
import type { Expr, FunctionRef, Local } from "./nodes.ts";
import { ByteWriter } from "./writer.ts";

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

/** Appends the code of statements to `out`. */
export function encodeStatements(statements: readonly Expr[], scope: Scope, out: ByteWriter): void {
  const labels: string[] = [];

  const local = (opcode: number, variable: Local): void => {
    if (scope.locals[variable.index] !== variable)
      throw new TypeError(
        `function ${scope.name}: $${variable.name} is a local of another function`,
      );
    out.byte(opcode);
    out.unsigned(variable.index);
  };
  const target = (label: string): void => {
    const at = labels.lastIndexOf(label);
    if (at < 0)
      throw new TypeError(`function ${scope.name}: no block $${label} around a branch to it`);
    out.unsigned(labels.length - 1 - at);
  };
  const nested = (opcode: number, label: string, body: readonly Expr[]): void => {
    out.byte(opcode);
    out.byte(EMPTY_BLOCK);
    labels.push(label);
    for (const statement of body) encode(statement);
    labels.pop();
  };

  function encode(expr: Expr): void {
    switch (expr.kind) {
      case "local":
        local(0x20, expr);
        break;
      case "plain":
        for (const operand of expr.operands) encode(operand);
        out.append(expr.code);
        break;
      case "assignment":
        encode(expr.value);
        local(expr.type === "none" ? 0x21 : 0x22, expr.local);
        break;
      case "call":
        for (const operand of expr.operands) encode(operand);
        out.byte(0x10);
        out.unsigned(scope.indexOf(expr.callee));
        break;
      case "branch":
        for (const operand of expr.operands) encode(operand);
        out.byte({ br: 0x0c, br_if: 0x0d, br_table: 0x0e }[expr.name]);
        if (expr.name === "br_table") out.unsigned(expr.labels.length - 1);
        expr.labels.forEach(target);
        break;
      case "block":
        nested(expr.name === "block" ? 0x02 : 0x03, expr.label, expr.body);
        out.byte(END);
        break;
      case "if":
        encode(expr.condition);
        nested(0x04, "", expr.then);
        if (expr.otherwise.length) {
          out.byte(0x05);
          labels.push("");
          for (const statement of expr.otherwise) encode(statement);
          labels.pop();
        }
        out.byte(END);
    }
  }
  for (const statement of statements) encode(statement);
}

/** The body of a function as the code section wants it: its size, its locals in runs of one type, its code. */
export function encodeFunction(
  params: number,
  body: readonly Expr[],
  scope: Scope,
  out: ByteWriter,
): void {
  const runs: [count: number, type: ValueType][] = [];
  for (const { type } of scope.locals.slice(params)) {
    const last = runs.at(-1);
    if (last?.[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  const code = new ByteWriter();
  code.unsigned(runs.length);
  for (const [count, type] of runs) {
    code.unsigned(count);
    code.byte(TYPE_CODES[type]);
  }
  encodeStatements(body, scope, code);
  code.byte(END);
  out.sized(code);
}
