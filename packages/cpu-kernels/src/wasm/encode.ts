// Expression trees to bytecode: operands first, then the instruction (the stack machine's order). Labels become the
// number of blocks between the branch and its target.

import type { FunctionBuilder } from "./function.ts";
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

const BRANCH = { br: 0x0c, br_if: 0x0d, br_table: 0x0e } as const;

/** Appends the code of a function to `out`. Goes by indices, as every node passes here: iterators cost more than what they bring. */
class Encoder {
  readonly name: string;
  readonly locals: readonly Local[];
  readonly numbers: ReadonlyMap<FunctionRef, number>;
  readonly out: ByteWriter;
  readonly labels: string[] = [];

  constructor(fb: FunctionBuilder, numbers: Encoder["numbers"], out: ByteWriter) {
    this.name = fb.ref.name;
    this.locals = fb.locals;
    this.numbers = numbers;
    this.out = out;
  }

  all(list: readonly Expr[]): void {
    for (let i = 0; i < list.length; i++) this.encode(list[i]!);
  }

  encode(expr: Expr): void {
    const { out } = this;
    switch (expr.kind) {
      case "local":
        return this.local(0x20, expr);
      case "plain":
        if (expr.operands.length > 0) this.all(expr.operands);
        return out.append(expr.code);
      case "assignment":
        this.encode(expr.value);
        return this.local(expr.type === "none" ? 0x21 : 0x22, expr.local);
      case "call":
        this.all(expr.operands);
        out.byte(0x10);
        return out.unsigned(this.numberOf(expr.callee));
      case "branch":
        this.all(expr.operands);
        out.byte(BRANCH[expr.name]);
        if (expr.name === "br_table") out.unsigned(expr.labels.length - 1);
        for (const label of expr.labels) out.unsigned(this.depthOf(label));
        return;
      case "block":
        this.begin(expr.name === "block" ? 0x02 : 0x03, expr.label);
        this.all(expr.body);
        return this.end();
      case "if":
        this.encode(expr.condition);
        this.begin(0x04, "");
        this.all(expr.then);
        if (expr.otherwise.length > 0) {
          out.byte(0x05);
          this.all(expr.otherwise);
        }
        return this.end();
    }
  }

  local(opcode: number, variable: Local): void {
    if (this.locals[variable.index] !== variable)
      throw new TypeError(
        `function ${this.name}: $${variable.name} is a local of another function`,
      );
    this.out.byte(opcode);
    this.out.unsigned(variable.index);
  }

  numberOf(callee: FunctionRef): number {
    const number = this.numbers.get(callee);
    if (number !== undefined) return number;
    throw new TypeError(
      `function ${this.name}: call $${callee.name}: not a function of this module`,
    );
  }

  /** How many blocks lie between a branch and its target. */
  depthOf(label: string): number {
    const at = this.labels.lastIndexOf(label);
    if (at < 0)
      throw new TypeError(`function ${this.name}: no block $${label} around a branch to it`);
    return this.labels.length - 1 - at;
  }

  begin(opcode: number, label: string): void {
    this.out.byte(opcode);
    this.out.byte(EMPTY_BLOCK);
    this.labels.push(label);
  }

  end(): void {
    this.labels.pop();
    this.out.byte(END);
  }
}

/** Appends a function as the code section wants it: its size, its locals in runs of one type, its code. */
export function encodeFunction(
  fb: FunctionBuilder,
  numbers: ReadonlyMap<FunctionRef, number>,
  out: ByteWriter,
): void {
  const { locals } = fb;
  const code = new ByteWriter();
  const first = fb.ref.params.length;
  const isStart = (i: number): boolean => i === first || locals[i]!.type !== locals[i - 1]!.type;
  let runs = 0;
  for (let i = first; i < locals.length; i++) if (isStart(i)) runs++;
  code.unsigned(runs);
  for (let i = first, count = 1; i < locals.length; i++, count++) {
    if (i + 1 < locals.length && !isStart(i + 1)) continue;
    code.unsigned(count);
    code.byte(TYPE_CODES[locals[i]!.type]);
    count = 0;
  }
  new Encoder(fb, numbers, code).all(fb.body);
  code.byte(END);
  out.sized(code);
}
