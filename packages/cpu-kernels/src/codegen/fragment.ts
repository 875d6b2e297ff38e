// The scalar code of a kernel as vector code: its loads, steps and stores for one vector of elements.
//
// A value is computed in the outermost loop on whose axes it does not depend yet: at `level` a, inside of the loops
// over axes 0 … a; −1 is before all loops. Copies of a fragment handle the next vectors of an unrolled loop, or the
// last few elements of a row; they share what does not change along the vector axis.
import type { ScalarCode, View } from "@cotangent/graph-passes";
import { called, inlined, inlinedTanhWithSlope, Scope } from "../math/index.ts";
import { type Expr, type FunctionBuilder, set } from "../wasm/index.ts";
import type { KernelContext } from "./context.ts";
import { viewsOf } from "./nest.ts";
import { constantValue, stepValue, type VectorMath } from "./steps.ts";
import { bytesPer, loadVector, narrowMask, type Slot, storeVector, type Value } from "./vectors.ts";
import type { Walkers } from "./walkers.ts";

/** What a fragment stands in. `strides[v]` belongs to view v: the loads, then the stores. */
export interface Surroundings {
  readonly context: KernelContext;
  readonly fb: FunctionBuilder;
  readonly walkers: Walkers;
  readonly strides: readonly (readonly number[])[];
  /** The axis along which lanes lie; −1 when only lane 0 is in use. */
  readonly vectorAxis: number;
}

interface Part {
  /** How many vectors after the pointers it works. */
  readonly vector: number;
  readonly active: number;
}

const deepest = (strides: readonly number[]): number =>
  strides.reduce((level, stride, axis) => (stride === 0 ? level : axis), -1);

export class Fragment {
  readonly code: ScalarCode;
  readonly #around: Surroundings;
  readonly #part: Part;
  readonly #views: readonly View[];
  readonly #levels: readonly number[];
  readonly #values: (Value | undefined)[];
  readonly #shared: Fragment | null;

  constructor(
    code: ScalarCode,
    around: Surroundings,
    part: Part = { vector: 0, active: around.context.lanes },
    shared: Fragment | null = null,
  ) {
    this.code = code;
    this.#around = around;
    this.#part = part;
    this.#shared = shared;
    this.#views = shared ? shared.#views : viewsOf(code);
    this.#levels = shared ? shared.#levels : levelsOf(code, around.strides);
    this.#values = [];
    // Pointers are asked for now, so that the loops around know them.
    for (const view of this.#views.keys()) this.#slot(view);
  }

  /** The same code for another vector of the row, or for its last few elements. */
  copy(vector: number, active: number = this.#around.context.lanes): Fragment {
    return new Fragment(this.code, this.#around, { vector, active }, this);
  }

  /** Sets what the kernel provides as value `index`. */
  give(index: number, expr: Expr): void {
    this.#values[index] = { dtype: this.code.given[index]!, expr };
  }

  value(index: number): Value {
    return (this.#values[index] ?? this.#shared?.value(index))!;
  }

  #slot(view: number): Slot {
    const { walkers, strides, vectorAxis, context } = this.#around;
    const { buffer, offset } = this.#views[view]!;
    const size = bytesPer(buffer.dtype);
    const stride = strides[view]![vectorAxis] ?? 0;
    const base = context.address(buffer) + offset * size;
    const isBlock = buffer.role === "block";
    const at = walkers.at({ base, strides: strides[view]!, isBlock });
    return { ...at, offset: at.offset + this.#part.vector * context.lanes * stride, stride };
  }

  /** Functions are inlined in the main loop, where their constants stay in registers, and called elsewhere. */
  #math(statements: Expr[]): VectorMath {
    const { context, fb } = this.#around;
    const { module, relaxed } = context;
    if (this.#shared) return (name, shape, x) => called(module, name, shape, x, { relaxed });
    const scope = new Scope(module, fb, statements);
    return (name, shape, x) => inlined(scope, name, shape, x, { relaxed });
  }

  /** Computes the values of one level. */
  at(level: number): Expr[] {
    const { vectorAxis } = this.#around;
    // What does not depend on the vector axis is computed by the original, for all copies.
    if (this.#shared && level < vectorAxis) return [];
    return this.#compute((valueLevel) => valueLevel === level);
  }

  /** Computes all values, whatever they depend on. */
  all(): Expr[] {
    return this.#compute(() => true);
  }

  #compute(isWanted: (level: number) => boolean): Expr[] {
    const { context, fb } = this.#around;
    const { given, loads, steps } = this.code;
    const statements: Expr[] = [];
    const math = this.#math(statements);
    const keep = (index: number, name: string, value: Value): void => {
      const local = fb.local(name, "v128");
      statements.push(set(local, value.expr));
      this.#values[index] = { ...value, expr: local };
    };
    loads.forEach(({ buffer: { dtype, id } }, i) => {
      const index = given.length + i;
      if (isWanted(this.#levels[index]!))
        keep(index, `b${id}`, { dtype, expr: loadVector(dtype, this.#slot(i), this.#part.active) });
    });
    steps.forEach(({ op, inputs, dtype, value }, i) => {
      const index = given.length + loads.length + i;
      if (op === "constant") {
        const { expr } = constantValue(dtype, value!);
        const key = `${dtype} ${Object.is(value, -0) ? "-0" : value}`;
        this.#values[index] = { dtype, expr: fb.kept(key, expr, "constant") };
      } else if (isWanted(this.#levels[index]!) && !this.#pairOf(i, statements)) {
        const made = stepValue(
          context,
          op,
          dtype,
          inputs.map((input) => this.value(input)),
          math,
        );
        if (made.expr.kind === "local") this.#values[index] = made;
        else keep(index, op, made);
      }
    });
    return statements;
  }

  /** Computes tanh and sech² of one f32 together, when step `i` is the first of them; true when it is one of those. */
  #pairOf(i: number, statements: Expr[]): boolean {
    const { given, loads, steps } = this.code;
    const step = steps[i]!;
    const other = { tanh: "sech2", sech2: "tanh" }[step.op];
    if (other === undefined || step.dtype !== "f32") return false;
    const firstOf = (name: string): number =>
      steps.findIndex(({ op, inputs }) => op === name && inputs[0] === step.inputs[0]);
    const [own, j] = [firstOf(step.op), firstOf(other)];
    if (j < 0) return false;
    const first = given.length + loads.length;
    if (own < i) this.#values[first + i] = this.value(first + own);
    else if (j > i) {
      const { context, fb } = this.#around;
      const scope = new Scope(context.module, fb, statements);
      const pair = inlinedTanhWithSlope(scope, this.value(step.inputs[0]!).expr, context);
      for (const at of [i, j])
        this.#values[first + at] = { dtype: "f32", expr: pair[steps[at]!.op as "tanh" | "sech2"] };
    }
    return true;
  }

  /** Writes the results. */
  stores(): Expr[] {
    return this.code.stores.flatMap(({ value, view }, i) => {
      const { dtype } = view.buffer;
      const slot = this.#slot(this.code.loads.length + i);
      const stored = this.value(value);
      const expr = dtype === "bool" ? narrowMask(stored) : stored.expr;
      return storeVector(dtype, slot, expr, this.#part.active);
    });
  }
}

/** For each value, the innermost axis that it depends on. What is given changes in every iteration. */
function levelsOf(code: ScalarCode, strides: readonly (readonly number[])[]): number[] {
  const levels = code.given.map(() => Number.POSITIVE_INFINITY);
  for (const [i] of code.loads.entries()) levels.push(deepest(strides[i]!));
  for (const { inputs } of code.steps)
    levels.push(inputs.reduce((level, input) => Math.max(level, levels[input]!), -1));
  return levels;
}
