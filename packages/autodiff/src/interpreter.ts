// The current interpreter decides what applying a primitive means.
//
//   bind(primitive, inputs) = current.process(primitive, inputs)
//
// Outside every transformation the evaluator is current: it computes. A transformation makes its own
// interpreter current while it runs a function, and handles each equation by equations for the
// interpreter that was current before. Tracers belong to the interpreter object that made them, so
// nested derivatives cannot take each other's perturbations (Siskind & Pearlmutter 2008).
import { isFloat } from "./array.ts";
import { callerSource, debugOptions } from "./debug.ts";
import { fail } from "./errors.ts";
import type { Params, Primitive, PrimitiveFunction, PrimitiveRecord } from "./primitive.ts";
import { type Owner, Tensor } from "./tensor.ts";

/** What gives equations their meaning: evaluation, or one running transformation. */
export interface Interpreter extends Owner {
  /** Applies `primitive` to inputs of which some may be this interpreter's tracers. */
  process(primitive: Primitive, inputs: readonly Tensor[], params: Params): readonly Tensor[];
}

const hasNaN = (x: Tensor): boolean => isFloat(x.dtype) && x.data.some(Number.isNaN);

const evaluator: Interpreter = {
  name: "evaluate",
  process(primitive, inputs, params) {
    const tracer = inputs.find((x) => x.interpreter !== null);
    if (tracer)
      throw fail`${primitive.name}: got a leaked tracer: ${tracer} belongs to a ${tracer.interpreter?.name} that has ended; expected a concrete tensor: return values from the transformed function instead of storing them outside`;
    const results = primitive.evaluate(inputs, primitive.shape(inputs, params), params);
    const outputs = results.map(({ shape, dtype, data }) => new Tensor(shape, dtype, data));
    if (debugOptions().nans && outputs.some(hasNaN) && !inputs.some(hasNaN))
      throw fail`${primitive.name}: made a NaN from inputs without one: ${inputs.map(String)} ${callerSource() ? `at ${callerSource()}` : "(debug({ sources: true }) adds the source line)"}`;
    return outputs;
  },
  reveal: (tensor) => tensor,
};

let current: Interpreter = evaluator;
export const currentInterpreter = (): Interpreter => current;

/** Runs `f` with `interpreter` current, and restores the one before whatever happens. */
export function withInterpreter<R>(interpreter: Interpreter, f: () => R): R {
  const previous = current;
  current = interpreter;
  try {
    return f();
  } finally {
    current = previous;
  }
}

/** Applies a primitive under the current interpreter. */
export const bind: Interpreter["process"] = (primitive, inputs, params) =>
  current.process(primitive, inputs, params);

/** A primitive with one output from its record, as the function that applies it. */
export function primitive<P extends object = Params>(
  record: PrimitiveRecord<P>,
): PrimitiveFunction<P> {
  const general: Primitive<P> = {
    name: record.name,
    shape: (inputs, params) => [record.shape(inputs, params)],
    evaluate: (inputs, [output], params) => [record.evaluate(inputs, output!, params)],
    jvp(primals, tangents, params) {
      const y = apply(primals, params);
      return { outputs: [y], tangents: [record.jvp(tangents, primals, y, params)] };
    },
    transpose: ([yBar], inputs, params) => record.transpose(yBar!, inputs, params),
    batch: (inputs, mapped, size, params) => [record.batch(inputs, mapped, size, params)],
  };
  const made = general as Primitive<unknown> as Primitive;
  const apply = (inputs: readonly Tensor[], params: P) => bind(made, inputs, params as Params)[0]!;
  return Object.assign(apply, { primitive: made });
}
