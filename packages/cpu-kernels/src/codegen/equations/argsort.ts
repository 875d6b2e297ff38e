// argsort along the last axis: a bottom-up merge sort of indices, stable, NaN last.
//
//   runs of 1, 2, 4, … indices are merged from one array into the other and back (Knuth, TAOCP 3, 5.2.4)
import type { DType } from "@cotangent/autodiff";
import type { EquationKernel } from "@cotangent/graph-passes";
import {
  brIf,
  call,
  type Expr,
  type FunctionRef,
  forRange,
  i32,
  ifElse,
  ifThen,
  type Local,
  load,
  loop,
  type ModuleBuilder,
  op,
  select,
  set,
  store,
} from "../../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "../context.ts";
import { bytesPer } from "../vectors.ts";
import { isBelow, loadScalar, product } from "./scalar.ts";

const word = (at: Local, index: Expr): Expr => op("i32.add", at, op("i32.shl", index, i32(2)));

/** merge(x, from, to, low, middle, high): the sorted runs [low, middle) and [middle, high) of `from` as one of `to`. */
function mergeFunction(m: ModuleBuilder, dtype: DType): FunctionRef {
  const names = ["x", "from", "to", "low", "middle", "high"] as const;
  const params = Object.fromEntries(names.map((name) => [name, "i32"])) as Record<
    (typeof names)[number],
    "i32"
  >;
  return m.once(`merge_${dtype}`, () =>
    m.function(`merge_${dtype}`, { params }, (fb, { x, from, to, low, middle, high }) => {
      const [left, right, a, b] = ["left", "right", "a", "b"].map((n) => fb.local(n, "i32"));
      const element = (index: Local): Expr =>
        loadScalar(dtype, op("i32.add", x, op("i32.mul", index, i32(bytesPer(dtype)))), 0);
      const takesRight = fb.local("takesRight", "i32");
      fb.push(
        set(left!, low),
        set(right!, middle),
        ...forRange(fb, { local: "k", from: low, to: high }, (k) => [
          ifElse(
            op("i32.ge_s", left!, middle),
            [set(takesRight, i32(1))],
            [
              set(takesRight, i32(0)),
              ifThen(
                op("i32.lt_s", right!, high),
                set(a!, load("i32.load", word(from, left!))),
                set(b!, load("i32.load", word(from, right!))),
                set(takesRight, isBelow(dtype, element(b!), element(a!))),
              ),
            ],
          ),
          store(
            "i32.store",
            word(to, k),
            load("i32.load", word(from, select(right!, left!, takesRight))),
          ),
          set(right!, op("i32.add", right!, takesRight)),
          set(left!, op("i32.add", left!, op("i32.sub", i32(1), takesRight))),
        ]),
      );
    }),
  );
}

/** sort(x, indices, other, n): the indices that sort n elements at x, with room for n more at `other`. */
function sortFunction(m: ModuleBuilder, dtype: DType): FunctionRef {
  const merge = mergeFunction(m, dtype);
  const params = { x: "i32", indices: "i32", other: "i32", n: "i32" } as const;
  return m.once(`argsort_${dtype}`, () =>
    m.function(`argsort_${dtype}`, { params }, (fb, { x, indices, other, n }) => {
      const [width, from, to, low] = ["width", "from", "to", "low"].map((name) =>
        fb.local(name, "i32"),
      );
      const within = (at: Expr): Expr => select(at, n, op("i32.lt_s", at, n));
      const after = (by: Expr): Expr => op("i32.add", low!, by);
      const double = op("i32.shl", width!, i32(1));
      fb.push(
        ...forRange(fb, { local: "k", to: n }, (k) => [store("i32.store", word(indices, k), k)]),
        set(width!, i32(1)),
        set(from!, indices),
        set(to!, other),
        ifThen(
          op("i32.lt_s", width!, n),
          loop(
            "widen",
            set(low!, i32(0)),
            loop(
              "merge",
              call(merge, x, from!, to!, low!, within(after(width!)), within(after(double))),
              set(low!, after(double)),
              brIf("merge", op("i32.lt_s", low!, n)),
            ),
            // The arrays change places.
            set(low!, from!),
            set(from!, to!),
            set(to!, low!),
            set(width!, double),
            brIf("widen", op("i32.lt_s", width!, n)),
          ),
        ),
        ifThen(
          op("i32.ne", from!, indices),
          op("memory.copy", indices, from!, op("i32.shl", n, i32(2))),
        ),
      );
    }),
  );
}

export function argsortCode(
  name: string,
  { equation, inputs, outputs }: EquationKernel,
  module: ModuleContext,
): Phase {
  const { dtype, shape } = equation.inputs[0]!;
  const length = shape.at(-1)!;
  const rows = product(shape.slice(0, -1));
  const [x, y] = [module.address(inputs[0]!), module.address(outputs[0]!)];
  const other = module.scratch(4 * rows * length);
  const sort = sortFunction(module.module, dtype);
  return phase(module, name, rows, (fb, { begin, end }) => {
    const at = (row: Local, base: number, width: number): Expr =>
      op("i32.add", i32(base), op("i32.mul", row, i32(length * width)));
    fb.push(
      ...forRange(fb, { local: "row", from: begin, to: end }, (row) => [
        call(sort, at(row, x, bytesPer(dtype)), at(row, y, 4), at(row, other, 4), i32(length)),
      ]),
    );
  });
}
