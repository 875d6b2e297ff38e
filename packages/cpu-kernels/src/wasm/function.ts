// A function under construction: named parameters and locals, and statements in order.
//
//   m.function("triple", { params: { x: "f32" }, results: ["f32"] }, (fb, { x }) => {
//     fb.push(op("f32.mul", x, f32(3)));
//   });
//
// The last statement of a function with a result is the expression of it.

import { i32 } from "./constants.ts";
import { brIf, ifThen, loop, set } from "./control.ts";
import { op } from "./expr.ts";
import type { ValueType } from "./instructions.ts";
import type { Expr, FunctionRef, Local } from "./nodes.ts";

export class FunctionBuilder {
  readonly ref: FunctionRef;
  readonly locals: Local[] = [];
  readonly body: Expr[] = [];
  readonly #params: ValueType[] = [];
  readonly #names = new Map<string, number>();
  readonly #kept = new Map<string, Local>();

  constructor(name: string, results: readonly ValueType[] = []) {
    if (results.length > 1)
      throw new TypeError(`function ${name}: expected at most one result, got ${results.length}`);
    this.ref = { name, params: this.#params, results };
  }

  /** Declares the next parameter. */
  param(name: string, type: ValueType): Local {
    if (this.#params.length !== this.locals.length)
      throw new TypeError(`function ${this.ref.name}: parameter ${name} is declared after locals`);
    this.#params.push(type);
    return this.#declare(name, type);
  }

  /** Declares a local, zero at first. A name that is taken gets a number behind it. */
  local(name: string, type: ValueType): Local {
    return this.#declare(name, type);
  }

  /** A local that has this value from the start of the function on; one for each key. */
  kept(key: string, value: Expr, name: string): Local {
    const known = this.#kept.get(key);
    if (known) return known;
    const local = this.local(name, value.type as ValueType);
    this.#kept.set(key, local);
    this.body.unshift(set(local, value));
    return local;
  }

  /** Appends statements. */
  push(...statements: Expr[]): void {
    for (let i = 0; i < statements.length; i++) this.body.push(statements[i]!);
  }

  #declare(name: string, type: ValueType): Local {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    const unique = count === 1 ? name : `${name}.${count}`;
    const local: Local = { kind: "local", type, name: unique, index: this.locals.length };
    this.locals.push(local);
    return local;
  }

  /** Throws unless the statements leave exactly the result. */
  check(): void {
    const { body } = this;
    const { name, results } = this.ref;
    const last = body.at(-1);
    const returns =
      last?.kind === "plain" && (last.text === "return" || last.text === "unreachable");
    if (results.length > 0 && last?.type !== results[0] && !returns)
      throw new TypeError(
        `function ${name}: expected to end in an ${results[0]}, got ${last?.type}`,
      );
    const count = body.length - (results.length > 0 ? 1 : 0);
    for (let at = 0; at < count; at++)
      if (body[at]!.type !== "none")
        throw new TypeError(
          `function ${name}: statement ${at} leaves an ${body[at]!.type}; wrap it in drop()`,
        );
  }
}

/** A number stands for its i32 constant. */
type Bound = number | Expr;

/** A counting loop. `local` is declared if it is not given. */
export interface Range {
  readonly local?: Local | string;
  readonly from?: Bound;
  readonly to: Bound;
  readonly step?: Bound;
}

const asExpr = (bound: Bound): Expr => (typeof bound === "number" ? i32(bound) : bound);

/**
 * `for (i = from; i < to; i += step) body`, signed, step positive. `to` and `step` are evaluated once unless they
 * are constants or locals.
 */
export function forRange(
  fb: FunctionBuilder,
  { local = "i", from = 0, to, step = 1 }: Range,
  body: (i: Local) => readonly Expr[],
): Expr[] {
  const i = typeof local === "string" ? fb.local(local, "i32") : local;
  const before: Expr[] = [];
  const once = (bound: Bound, name: string): Expr => {
    const value = asExpr(bound);
    if (value.kind === "local" || (value.kind === "plain" && value.operands.length === 0))
      return value;
    const kept = fb.local(`${i.name}.${name}`, "i32");
    before.push(set(kept, value));
    return kept;
  };
  const [end, stride] = [once(to, "to"), once(step, "step")];
  const label = `for.${i.name}`;
  const next = op("i32.add", i, stride);
  const looping = loop(label, ...body(i), set(i, next), brIf(label, op("i32.lt_s", i, end)));
  const first = set(i, asExpr(from));
  if (typeof from === "number" && typeof to === "number")
    return from < to ? [...before, first, looping] : [];
  return [...before, first, ifThen(op("i32.lt_s", i, end), looping)];
}
