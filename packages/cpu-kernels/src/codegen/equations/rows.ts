// gather and scatterAdd: rows by index. An index outside the axis stops the kernel and leaves a report.
//
//   gather   y[j] = x[member(j)·length + index[j]]        scatterAdd   x̄[member(j)·length + index[j]] += ȳ[j]
//
// One unit of work each: the first wrong index is the one that is reported.
import type { DType } from "@cotangent/autodiff";
import type { EquationKernel } from "@cotangent/graph-passes";
import {
  access,
  type Expr,
  type FunctionBuilder,
  forRange,
  i32,
  ifThen,
  type Local,
  op,
  ret,
  set,
  store,
} from "../../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "../context.ts";
import { bytesPer } from "../vectors.ts";
import { addScalars, loadScalar, product, storeScalar } from "./scalar.ts";

interface Rows {
  readonly members: number;
  /** Rows of each member. */
  readonly length: number;
  /** Indices of each member. */
  readonly each: number;
  /** Elements of a row. */
  readonly size: number;
  readonly count: number;
}

/** Shapes are those of the equation: a buffer may have been given another one by a reshape. */
function rowsOf({ equation }: EquationKernel): Rows {
  const { members, length } = equation.params as { members: number; length?: number };
  const [x, index] = equation.inputs;
  const many = length === undefined ? x! : equation.outputs[0]!;
  const count = product(index!.shape);
  return {
    members,
    length: length ?? x!.shape[0]! / members,
    each: count / members,
    size: product(many.shape.slice(1)),
    count,
  };
}

/** What an index was wrong of, for the message. */
export interface IndexError {
  readonly name: string;
  readonly length: number;
  readonly isUnsigned: boolean;
}

/** For each index: `visit(address of the row, address of the indexed row)`, both from the start of their buffers. */
function eachRow(
  fb: FunctionBuilder,
  kernel: EquationKernel,
  module: ModuleContext,
  number: number,
  bytes: { row: number; indexed: number },
  visit: (row: Expr, indexed: Expr) => Expr[],
): Expr[] {
  const rows = rowsOf(kernel);
  const index = module.address(kernel.inputs[1]!);
  const [at, from, to] = ["index", "row", "indexed"].map((name) => fb.local(name, "i32"));
  const report = (offset: number, value: Expr): Expr =>
    store("i32.store", i32(0), value, { offset: module.report + offset });
  return forRange(fb, { local: "member", to: rows.members }, (member) =>
    forRange(fb, { local: "j", to: rows.each }, (j) => [
      set(from!, op("i32.add", op("i32.mul", member, i32(rows.each)), j)),
      set(at!, access("i32.load", [op("i32.mul", from!, i32(4))], { offset: index })),
      ifThen(
        op("i32.ge_u", at!, i32(rows.length)),
        report(0, i32(number + 1)),
        report(4, at!),
        report(8, j),
        ret(),
      ),
      set(to!, op("i32.add", op("i32.mul", member, i32(rows.length)), at!)),
      set(from!, op("i32.mul", from!, i32(bytes.row))),
      set(to!, op("i32.mul", to!, i32(bytes.indexed))),
      ...visit(from!, to!),
    ]),
  );
}

export function gatherCode(
  name: string,
  kernel: EquationKernel,
  module: ModuleContext,
  number: number,
): Phase {
  const [x] = kernel.inputs;
  const bytes = rowsOf(kernel).size * bytesPer(x!.dtype);
  const [source, target] = [module.address(x!), module.address(kernel.outputs[0]!)];
  return phase(module, name, 1, (fb) =>
    fb.push(
      ...eachRow(fb, kernel, module, number, { row: bytes, indexed: bytes }, (row, indexed) => [
        op(
          "memory.copy",
          op("i32.add", row, i32(target)),
          op("i32.add", indexed, i32(source)),
          i32(bytes),
        ),
      ]),
    ),
  );
}

/** Sums of f32 are kept in double precision, as the interpreter keeps them, and rounded once. */
export function scatterCode(
  name: string,
  kernel: EquationKernel,
  module: ModuleContext,
  number: number,
): Phase {
  const [y] = kernel.inputs;
  const [x] = kernel.outputs;
  const { size } = rowsOf(kernel);
  const dtype = x!.dtype;
  const sums: DType = dtype === "f32" ? "f64" : dtype;
  const [width, wide] = [bytesPer(dtype), bytesPer(sums)];
  const total = product(x!.shape);
  const target = module.address(x!);
  const totals = sums === dtype ? target : module.scratch(total * wide);
  const source = module.address(y!);
  return phase(module, name, 1, (fb) => {
    const add = (row: Expr, indexed: Expr): Expr[] =>
      forRange(fb, { local: "k", to: size }, (k) => {
        const to = op("i32.add", indexed, op("i32.mul", k, i32(wide)));
        const from = op("i32.add", row, op("i32.mul", k, i32(width)));
        const term = loadScalar(dtype, from, source);
        const value = sums === dtype ? term : op("f64.promote_f32", term);
        return [
          storeScalar(sums, to, addScalars(sums, loadScalar(sums, to, totals), value), totals),
        ];
      });
    fb.push(op("memory.fill", i32(totals), i32(0), i32(total * wide)));
    const bytes = { row: size * width, indexed: size * wide };
    fb.push(...eachRow(fb, kernel, module, number, bytes, add));
    if (sums !== dtype)
      fb.push(
        ...forRange(fb, { local: "k", to: total }, (k: Local) => {
          const sum = loadScalar(sums, op("i32.mul", k, i32(8)), totals);
          return [storeScalar(dtype, op("i32.mul", k, i32(4)), op("f32.demote_f64", sum), target)];
        }),
      );
  });
}

/** What the message of a wrong index says. */
export const indexErrorOf = (kernel: EquationKernel): IndexError => ({
  name: kernel.equation.primitive.name,
  length: rowsOf(kernel).length,
  isUnsigned: kernel.inputs[1]!.dtype === "u32",
});
