// call: one equation that runs a whole graph; checkpoint, customJvp and customVjp rest on it.
//
//   y = forward(residuals, x),  linear in x when it has a transpose:  x̄ = backward(residuals, ȳ)
//
// A derivative of a call is a call again: its residuals are the inputs alone, and its graph computes what
// it needs from them anew. That is recomputation (Griewank & Walther 2000), to any order.

import { isFloat, type Spec } from "./array.ts";
import { evaluateFlat, type Graph } from "./graph.ts";
import { bind } from "./interpreter.ts";
import { instantiate, jvpFlat } from "./jvp.ts";
import { type Duals, notLinear, type Params, type Primitive, type Tangent } from "./primitive.ts";
import { withBatch } from "./primitives/shape.ts";
import { eliminateDeadCode } from "./simplify.ts";
import { Tensor } from "./tensor.ts";
import { type FlatFunction, traceFlat } from "./trace.ts";
import { transposeFlat } from "./transpose.ts";
import { vmapFlat } from "./vmap.ts";

/** A graph that is traced when it is first needed; its specs are known before. */
export interface Callee {
  readonly inputs: readonly Spec[];
  readonly outputs: readonly Spec[];
  graph(): Graph;
}

const specsOf = (specs: readonly Spec[]) => specs.map(({ shape, dtype }) => ({ shape, dtype }));

export function callee(
  inputs: readonly Spec[],
  outputs: readonly Spec[],
  run: FlatFunction,
): Callee {
  const specs = specsOf(inputs);
  let made: Graph | undefined;
  const graph = () => (made ??= eliminateDeadCode(traceFlat("call", run, specs)));
  return { inputs: specs, outputs: specsOf(outputs), graph };
}

/** A derivative given by a user instead of the one of the graph. */
export type CallRule = (primals: readonly Tensor[], tangents: readonly Tangent[]) => Duals;

export interface CallParams {
  /** Which transformation made the call; printed. */
  readonly name: string;
  /** How many of the inputs, from the first, are residuals; the call is linear in the others. */
  readonly residuals: number;
  readonly forward: Callee;
  readonly backward: Callee | null;
  readonly rule: CallRule | null;
}

export const bindCall = (inputs: readonly Tensor[], params: CallParams): readonly Tensor[] =>
  bind(callPrimitive, inputs, params as unknown as Params);

/** (residuals, ȳ) → x̄ for a function (residuals, x) → y that is linear in x. */
export const transposeOf =
  (run: FlatFunction, residuals: number, linear: readonly Spec[]): FlatFunction =>
  (inputs) => {
    const known = inputs.slice(0, residuals);
    const graph = traceFlat("transpose", (x) => run([...known, ...x]), linear);
    return instantiate(transposeFlat(graph, inputs.slice(residuals)), linear);
  };

/** A linear call of `run(residuals, x)`; its transpose is `pull(residuals, ȳ)`, by default derived from `run`. */
export function linearCall(
  name: string,
  residuals: readonly Tensor[],
  linear: readonly Tensor[],
  outputs: readonly Spec[],
  run: FlatFunction,
  pull: FlatFunction = transposeOf(run, residuals.length, specsOf(linear)),
): readonly Tensor[] {
  const forward = callee([...residuals, ...linear], outputs, run);
  const backward = callee([...residuals, ...outputs], linear, pull);
  const params = { name, residuals: residuals.length, forward, backward, rule: null };
  return bindCall([...residuals, ...linear], params);
}

export const floatsOf = <T extends Spec>(specs: readonly T[]): T[] =>
  specs.filter(({ dtype }) => isFloat(dtype));

/** The next value wherever `isPresent`, null elsewhere: the inverse of leaving out symbolic zeros. */
export function fillIn(isPresent: readonly boolean[], values: readonly Tensor[]): Tangent[] {
  let next = 0;
  return isPresent.map((present) => (present ? values[next++]! : null));
}
export const fillFloats = (specs: readonly Spec[], values: readonly Tensor[]): Tangent[] =>
  fillIn(
    specs.map(({ dtype }) => isFloat(dtype)),
    values,
  );

const present = (tangents: readonly Tangent[]) => tangents.map((xDot) => xDot !== null);

/** Outputs and the tangents of the float ones, as a flat function of primals and non-zero tangents. */
const dualOf =
  (
    rule: CallRule,
    tangents: readonly Tangent[],
  ): ((inputs: readonly Tensor[]) => readonly Tensor[][]) =>
  (inputs) => {
    const n = tangents.length;
    const y = rule(inputs.slice(0, n), fillIn(present(tangents), inputs.slice(n)));
    const yDot = instantiate(y.tangents, y.outputs).filter((_, i) => isFloat(y.outputs[i]!.dtype));
    return [[...y.outputs], yDot];
  };

const call: Primitive<CallParams> = {
  name: "call",
  shape: (_inputs, { forward }) => forward.outputs,
  evaluate: (inputs, _outputs, { forward }) => evaluateFlat(forward.graph(), inputs as Tensor[]),
  jvp(primals, tangents, params) {
    const { name, forward, rule } = params;
    if (rule) return rule(primals, tangents);
    const outputs = bindCall(primals, params);
    const run = (x: readonly Tensor[]) => evaluateFlat(forward.graph(), x);
    const dual = dualOf((x, xDot) => jvpFlat(run, x, xDot), tangents);
    const moving = tangents.filter((xDot) => xDot !== null);
    const yDot = linearCall(name, primals, moving, floatsOf(outputs), (inputs) => dual(inputs)[1]!);
    return { outputs, tangents: fillFloats(outputs, yDot) };
  },
  transpose(yBars, inputs, params) {
    const { name, residuals, forward, backward } = params;
    const known = inputs.slice(0, residuals).filter((x) => x instanceof Tensor);
    if (!backward || known.length < residuals) return notLinear(name)(forward.outputs[0]!);
    const bars = [...known, ...instantiate(yBars, forward.outputs)];
    const xBars = bindCall(bars, { ...params, forward: backward, backward: forward });
    return [...known.map(() => null), ...xBars];
  },
  batch(inputs, mapped, size, params) {
    const { residuals, forward, backward, rule } = params;
    // Linear inputs are all mapped, so that the transpose of the batched call has mapped outputs.
    const flags = mapped.map((isMapped, i) => isMapped || i >= residuals);
    const lifted = inputs.map((x, i) => withBatch(x, mapped[i] || !flags[i], size));
    const lift = (specs: readonly Spec[], isMapped: readonly boolean[]) =>
      specs.map((spec, i) => (isMapped[i] ? { ...spec, shape: [size, ...spec.shape] } : spec));
    const batched = (inner: Callee, isMapped: readonly boolean[]): Callee =>
      callee(
        lift(inner.inputs, isMapped),
        lift(
          inner.outputs,
          inner.outputs.map(() => true),
        ),
        (x) => vmapFlat((members) => evaluateFlat(inner.graph(), members), x, isMapped, size),
      );
    const barFlags = [...flags.slice(0, residuals), ...forward.outputs.map(() => true)];
    return bindCall(lifted, {
      ...params,
      forward: batched(forward, flags),
      backward: backward && batched(backward, barFlags),
      rule: rule && batchedRule(rule, flags, size),
    });
  },
};
export const callPrimitive: Primitive = call as Primitive<unknown> as Primitive;

const batchedRule =
  (rule: CallRule, flags: readonly boolean[], size: number): CallRule =>
  (primals, tangents) => {
    const dual = dualOf(rule, tangents);
    const moving = tangents.flatMap((xDot, i) => (xDot ? [{ xDot, flag: flags[i]! }] : []));
    let count = 0;
    const run: FlatFunction = (inputs) => {
      const [outputs, yDot] = dual(inputs) as [Tensor[], Tensor[]];
      count = outputs.length;
      return [...outputs, ...yDot];
    };
    const inputs = [...primals, ...moving.map(({ xDot }) => xDot)];
    const all = vmapFlat(run, inputs, [...flags, ...moving.map(({ flag }) => flag)], size);
    const outputs = all.slice(0, count);
    return { outputs, tangents: fillFloats(outputs, all.slice(count)) };
  };
