// The f32 rung: the derivative in f32 against that in f64 of the same graph, within what rounding explains.
//
// Differences in f32 would check nothing: they are as rough as the errors that they should find.
import { astype, type Tensor, vjp } from "@cotangent/autodiff/functions";
import type { FlatFunction } from "@cotangent/autodiff/testing";
import { allowances } from "../rounding.ts";
import type { Rung } from "../tally.ts";
import type { Vector } from "../vector.ts";

const smallest = 2 ** -126;
const isOut = (x: Vector) => !x.every((xi) => Math.abs(xi) < 2 ** 127);

export const f32Rung: Rung = ({ subject, draws, tally }) => {
  const { engine, inputs, outputs } = subject;
  if (!engine) return tally.skip("it needs a function of the engine");
  const point = subject.point.map(Math.fround);
  const u = draws.signed(outputs.size).map(Math.fround);
  const pullBack = (f: FlatFunction, dtype: "f32" | "f64") => {
    const [y, pull] = vjp((...x: Tensor[]) => f(x) as Tensor[], inputs.tensors(point, dtype));
    const bars = outputs.tensors(u).map((bar, i) => astype(bar, y[i]!.dtype));
    return { y: outputs.join(y, "the value"), bar: inputs.join(pull(bars) as never, "vjp") };
  };
  const [single, double] = [pullBack(engine.flat, "f32"), pullBack(engine.run, "f64")];
  if (isOut(single.y) || isOut(double.y) || isOut(double.bar))
    return tally.skip("values leave the range of f32");
  const allowed = allowances(engine, draws, 2 ** -24, double.bar, (f) => pullBack(f, "f64").bar);
  double.bar.forEach((expected, c) => {
    const where = { ...inputs.where(c), estimate: allowed[c]! };
    tally.compare(where, single.bar[c]!, expected, allowed[c]! + smallest);
  });
};
