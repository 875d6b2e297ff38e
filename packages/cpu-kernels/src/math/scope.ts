// Where code is being written: a module, a function of it, and the list that takes its statements.
//
//   const t = scope.let(op("f32x4.mul", x, x));     // t may now be used many times
//
// Expressions are trees, and a node that stands at two places is evaluated twice: what is used twice is named first.
import {
  type Expr,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  set,
  type ValueType,
} from "../wasm/index.ts";

export class Scope {
  readonly module: ModuleBuilder;
  readonly fb: FunctionBuilder;
  readonly statements: Expr[];

  constructor(module: ModuleBuilder, fb: FunctionBuilder, statements: Expr[] = fb.body) {
    this.module = module;
    this.fb = fb;
    this.statements = statements;
  }

  /** Evaluates now; the result may be used many times. */
  let(value: Expr, name = "t"): Expr {
    const isCheap = value.kind === "local" || (value.kind === "plain" && !value.operands.length);
    return isCheap ? value : this.variable(value, name);
  }

  /** A local that starts as `value` and may be set again. */
  variable(value: Expr, name = "t"): Local {
    const local = this.fb.local(name, value.type as ValueType);
    this.statements.push(set(local, value));
    return local;
  }

  push(...statements: Expr[]): void {
    this.statements.push(...statements);
  }

  /** The same function with its own list, for the body of a branch or loop. */
  inner(): Scope {
    return new Scope(this.module, this.fb, []);
  }
}
