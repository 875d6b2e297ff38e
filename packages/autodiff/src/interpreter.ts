// The current interpreter decides what applying a primitive means.
//
//   bind(primitive, inputs) = current.process(primitive, inputs)
//
// Outside every transformation the evaluator is current: it computes. A transformation makes its own
// interpreter current while it runs a function, and handles each equation by equations for the
// interpreter that was current before. Tracers belong to the interpreter object that made them, so
// nested derivatives cannot take each other's perturbations (Siskind & Pearlmutter 2008).
import { formatSpec } from "./array.ts";
import { callerSource, debugOptions } from "./debug.ts";
import type { Params, Primitive, PrimitiveFunction, PrimitiveRecord } from "./primitive.ts";
import { type Interpreter, Tensor } from "./tensor.ts";

const hasNaN = (x: Tensor): boolean => x.dtype.startsWith("f") && x.data.some(Number.isNaN);

const evaluator: Interpreter = {
  name: "evaluate",
  process(primitive, inputs, params) {
    for (const x of inputs) if (x.interpreter !== null) throw leaked(primitive, x);
    const outputs = primitive
      .evaluate(inputs, primitive.shape(inputs, params), params)
      .map(Tensor.of);
    if (debugOptions().nans && outputs.some(hasNaN) && !inputs.some(hasNaN))
      throw new RangeError(
        `${primitive.name}: made a NaN from inputs without one: ${inputs.map(String).join(", ")}` +
          `${callerSource() ? ` at ${callerSource()}` : "; debug({ sources: true }) adds the source line"}`,
      );
    return outputs;
  },
  reveal: (tensor) => tensor,
};

function leaked(primitive: Primitive, x: Tensor): Error {
  return new ReferenceError(
    `${primitive.name}: got a ${formatSpec(x)} tensor that belongs to a ${x.interpreter?.name} which has ended; ` +
      "a value made inside a transformed function must be returned from it, not stored outside",
  );
}

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
export function bind(
  primitive: Primitive,
  inputs: readonly Tensor[],
  params: Params,
): readonly Tensor[] {
  return current.process(primitive, inputs, params);
}

/** A primitive with one output from its record, and the function that applies it. */
export function primitive<P extends object = Params>(
  record: PrimitiveRecord<P>,
): PrimitiveFunction<P> {
  const made: Primitive<P> = {
    name: record.name,
    shape: (inputs, params) => [record.shape(inputs, params)],
    evaluate: (inputs, outputs, params) => [record.evaluate(inputs, outputs[0] as Tensor, params)],
    jvp(primals, tangents, params) {
      const y = apply(primals, params);
      return { outputs: [y], tangents: [record.jvp(tangents, primals, y, params)] };
    },
    transpose: ([yBar], inputs, params) => record.transpose(yBar as Tensor, inputs, params),
    batch: (inputs, mapped, size, params) => [record.batch(inputs, mapped, size, params)],
  };
  const general = made as Primitive<unknown> as Primitive;
  const apply = (inputs: readonly Tensor[], params: P): Tensor =>
    bind(general, inputs, params as Params)[0] as Tensor;
  return Object.assign(apply, { primitive: general });
}
