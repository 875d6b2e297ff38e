// cumsum and argmax: one pass along an axis, element by element in the interpreter's order.
//
//   cumsum   yᵢ = yᵢ₋₁ + xᵢ, each sum rounded to the dtype            argmax   the first largest, a NaN counting as it
import type { EquationKernel } from "@cotangent/graph-passes";
import { forRange, i32, ifThen, type Local, op, set } from "../../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "../context.ts";
import { bytesPer } from "../vectors.ts";
import { Walkers } from "../walkers.ts";
import {
  addScalars,
  isBelow,
  loadScalar,
  lowest,
  product,
  rowMajor,
  scalarType,
  storeScalar,
} from "./scalar.ts";

export function cumsumCode(
  name: string,
  { equation, inputs, outputs }: EquationKernel,
  module: ModuleContext,
): Phase {
  const { axis, reverse } = equation.params as unknown as { axis: number; reverse: boolean };
  const { dtype, shape } = equation.inputs[0]!;
  const [x, y] = [module.address(inputs[0]!), module.address(outputs[0]!)];
  const width = bytesPer(dtype);
  const length = shape[axis]!;
  const inner = product(shape.slice(axis + 1));
  const outer = product(shape.slice(0, axis));
  const step = (reverse ? -1 : 1) * inner * width;
  return phase(module, name, outer, (fb, { begin, end }) => {
    const at = fb.local("at", "i32");
    const sum = fb.local("sum", scalarType(dtype));
    const first = reverse ? (length - 1) * inner : 0;
    const start = (row: Local, k: Local) =>
      op("i32.add", op("i32.mul", row, i32(length * inner)), op("i32.add", k, i32(first)));
    fb.push(
      ...forRange(fb, { local: "row", from: begin, to: end }, (row) =>
        forRange(fb, { local: "k", to: inner }, (k) => [
          set(at, op("i32.mul", start(row, k), i32(width))),
          set(sum, loadScalar(dtype, at, x)),
          storeScalar(dtype, at, sum, y),
          ...forRange(fb, { local: "i", from: 1, to: length }, () => [
            set(at, op("i32.add", at, i32(step))),
            set(sum, addScalars(dtype, loadScalar(dtype, at, x), sum)),
            storeScalar(dtype, at, sum, y),
          ]),
        ]),
      ),
    );
  });
}

export function argmaxCode(
  name: string,
  { equation, inputs, outputs }: EquationKernel,
  module: ModuleContext,
): Phase {
  const { axes } = equation.params as unknown as { axes: readonly number[] };
  const { dtype, shape } = equation.inputs[0]!;
  const [x, y] = [module.address(inputs[0]!), module.address(outputs[0]!)];
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...kept, ...axes];
  const own = rowMajor(shape);
  const keptLengths = [1, ...kept.map((axis) => shape[axis]!)];
  const lengths = [...keptLengths, ...axes.map((axis) => shape[axis]!)];
  const from = [0, ...order.map((axis) => own[axis]! * bytesPer(dtype))];
  const to = [0, ...rowMajor(keptLengths.slice(1)).map((n) => n * 4), ...axes.map(() => 0)];
  return phase(module, name, 1, (fb) => {
    const walkers = new Walkers(fb, lengths);
    const [source, target] = [
      walkers.at({ base: x, strides: from }),
      walkers.at({ base: y, strides: to }),
    ];
    const [value, best] = ["value", "best"].map((n) => fb.local(n, scalarType(dtype)));
    const [index, bestIndex] = ["index", "bestIndex"].map((n) => fb.local(n, "i32"));
    const scan = (axis: number): ReturnType<typeof set>[] =>
      (axis < lengths.length
        ? walkers.loop(axis, lengths[axis]!, 1, () => scan(axis + 1))
        : [
            set(value!, loadScalar(dtype, source.pointer, source.offset)),
            ifThen(isBelow(dtype, best!, value!), set(best!, value!), set(bestIndex!, index!)),
            set(index!, op("i32.add", index!, i32(1))),
          ]) as ReturnType<typeof set>[];
    const row = () => [
      set(best!, lowest(dtype)),
      set(bestIndex!, i32(0)),
      set(index!, i32(0)),
      ...scan(keptLengths.length),
      storeScalar("i32", target.pointer, bestIndex!, target.offset),
    ];
    const rows = (axis: number): ReturnType<typeof set>[] =>
      (axis < keptLengths.length
        ? walkers.loop(axis, lengths[axis]!, 1, () => rows(axis + 1))
        : row()) as ReturnType<typeof set>[];
    const statements = rows(0);
    fb.push(...walkers.start([]), ...statements);
  });
}
