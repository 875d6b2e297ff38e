// The nodes of an expression tree. Each carries the type that it leaves on the stack, "none" for a statement. Immutable.

import type { ValueType } from "./instructions.ts";

/** A parameter or local variable of a function; as an expression, its value. */
export interface Local {
  readonly kind: "local";
  readonly type: ValueType;
  readonly name: string;
  readonly index: number;
}

/** A function of a module. `params` and `results` are complete once the function is built. */
export interface FunctionRef {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** An instruction whose code, with its immediates, is known: `code` follows the operands, `text` is the WAT. */
export interface Plain {
  readonly kind: "plain";
  readonly type: ValueType | "none";
  readonly text: string;
  readonly code: readonly number[];
  readonly operands: readonly Expr[];
}

export interface Assignment {
  readonly kind: "assignment";
  readonly type: ValueType | "none";
  readonly local: Local;
  readonly value: Expr;
}

export interface Call {
  readonly kind: "call";
  readonly type: ValueType | "none";
  readonly callee: FunctionRef;
  readonly operands: readonly Expr[];
}

export interface Branch {
  readonly kind: "branch";
  readonly type: "none";
  readonly name: "br" | "br_if" | "br_table";
  readonly labels: readonly string[];
  readonly operands: readonly Expr[];
}

export interface Block {
  readonly kind: "block";
  readonly type: "none";
  readonly name: "block" | "loop";
  readonly label: string;
  readonly body: readonly Expr[];
}

export interface If {
  readonly kind: "if";
  readonly type: "none";
  readonly condition: Expr;
  readonly then: readonly Expr[];
  readonly otherwise: readonly Expr[];
}

/** An expression, or a statement, whose type is "none". */
export type Expr = Local | Plain | Assignment | Call | Branch | Block | If;
