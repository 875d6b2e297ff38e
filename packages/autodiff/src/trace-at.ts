// Graphs of functions that branch on values, for checkers of derivatives.
//
//   traceAt(f, x): the graph of f along the path that it takes at x
//
// What JavaScript reads of a tracer is its value at x, computed from the equations so far.
import { debug } from "./debug.ts";
import { evaluateFlat, type Graph } from "./graph.ts";
import { withInterpreter } from "./interpreter.ts";
import type { Tensor } from "./tensor.ts";
import { type FlatFunction, Recorder } from "./trace.ts";

/**
 * The graph of a flat function at concrete inputs, with the source line of each equation.
 *
 * Unlike under `trace`, JavaScript may read values: they are those of `inputs`.
 */
export function traceAt(f: FlatFunction, inputs: readonly Tensor[]): Graph {
  const recorder = new Recorder("trace");
  const tracers = inputs.map(recorder.variable);
  const reveal = (tracer: Tensor) => evaluateFlat(recorder.graph(tracers, [tracer]), inputs)[0]!;
  Object.assign(recorder, { reveal });
  return debug({ sources: true }, () =>
    recorder.graph(
      tracers,
      withInterpreter(recorder, () => f(tracers)),
    ),
  );
}
