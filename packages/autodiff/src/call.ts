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
import { notLinear, type Params, type Primitive, type Tangent } from "./primitive.ts";
import { broadcastTo } from "./primitives/shape.ts";
import { eliminateDeadCode } from "./simplify.ts";
import { Tensor } from "./tensor.ts";
import { traceFlat } from "./trace.ts";
import { transposeFlat } from "./transpose.ts";
import { vmapFlat } from "./vmap.ts";

type FlatFunction = (inputs: readonly Tensor[]) => readonly Tensor[];

/** A graph that is traced when it is first needed; its specs are known before. */
export interface Callee {
  readonly inputs: readonly Spec[];
  readonly outputs: readonly Spec[];
  graph(): Graph;
}

export const specOf = ({ shape, dtype }: Spec): Spec => ({ shape, dtype });

export function callee(
  inputs: readonly Spec[],
  outputs: readonly Spec[],
  run: FlatFunction,
): Callee {
  let made: Graph | undefined;
  return {
    inputs: inputs.map(specOf),
    outputs: outputs.map(specOf),
    graph() {
      made ??= eliminateDeadCode(traceFlat("call", run, inputs));
      return made;
    },
  };
}

/** A derivative given by a user instead of the one of the graph. */
export type CallRule = (
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
) => { outputs: readonly Tensor[]; tangents: readonly Tangent[] };

export interface CallParams {
  /** Which transformation made the call; printed. */
  readonly name: string;
  /** How many of the inputs, from the first, are residuals; the call is linear in the others. */
  readonly residuals: number;
  readonly forward: Callee;
  readonly backward: Callee | null;
  readonly rule: CallRule | null;
}

const bindCall = (inputs: readonly Tensor[], params: CallParams) =>
  bind(callPrimitive, inputs, params as unknown as Params);

/** A linear call of `run(residuals, x)`; its transpose is `pull(residuals, ȳ)`, by default derived from `run`. */
export function linearCall(
  name: string,
  residuals: readonly Tensor[],
  linear: readonly Tensor[],
  outputs: readonly Spec[],
  run: FlatFunction,
  pull: FlatFunction = transposeOf(run, residuals.length, linear),
): readonly Tensor[] {
  const forward = callee([...residuals, ...linear], outputs, run);
  const backward = callee([...residuals, ...outputs], linear, pull);
  return bindCall([...residuals, ...linear], {
    name,
    residuals: residuals.length,
    forward,
    backward,
    rule: null,
  });
}

/** (residuals, ȳ) → x̄ for a function (residuals, x) → y that is linear in x. */
export function transposeOf(
  run: FlatFunction,
  residuals: number,
  linear: readonly Spec[],
): FlatFunction {
  const specs = linear.map(specOf);
  return (inputs) => {
    const graph = traceFlat("transpose", (x) => run([...inputs.slice(0, residuals), ...x]), specs);
    const bars = transposeFlat(graph, inputs.slice(residuals));
    return bars.map((bar, i) => instantiate(bar, specs[i] as Spec));
  };
}

/** Puts the values back at the positions where `pattern` is not null. */
export function fillIn(pattern: readonly Tangent[], values: readonly Tensor[]): Tangent[] {
  let next = 0;
  return pattern.map((slot) => (slot === null ? null : (values[next++] as Tensor)));
}

export const nonZero = (tangents: readonly Tangent[]): Tensor[] =>
  tangents.filter((xDot) => xDot !== null);

/** Selects values by whether a spec is a float's, and spreads such a selection out again with nulls. */
const floats = (specs: readonly Spec[]) => specs.filter(({ dtype }) => isFloat(dtype));
export function spreadFloats(specs: readonly Spec[], values: readonly Tensor[]): Tangent[] {
  let next = 0;
  return specs.map(({ dtype }) => (isFloat(dtype) ? (values[next++] as Tensor) : null));
}

const call: Primitive<CallParams> = {
  name: "call",
  shape: (_inputs, { forward }) => forward.outputs,
  evaluate: (inputs, _outputs, { forward }) => evaluateFlat(forward.graph(), inputs.map(Tensor.of)),
  jvp(primals, tangents, params) {
    if (params.rule !== null) return params.rule(primals, tangents);
    const outputs = bindCall(primals, params);
    const run: FlatFunction = (inputs) => {
      const xDot = fillIn(tangents, inputs.slice(primals.length));
      const y = jvpFlat(
        (x) => evaluateFlat(params.forward.graph(), x),
        inputs.slice(0, primals.length),
        xDot,
      );
      return y.outputs.flatMap((output, i) =>
        isFloat(output.dtype) ? [instantiate(y.tangents[i] as Tangent, output)] : [],
      );
    };
    const yDot = linearCall(params.name, primals, nonZero(tangents), floats(outputs), run);
    return { outputs, tangents: spreadFloats(outputs, yDot) };
  },
  transpose(cotangents, inputs, params) {
    const { residuals, forward, backward, outputs } = {
      ...params,
      outputs: params.forward.outputs,
    };
    const known = inputs.slice(0, residuals);
    if (backward === null || !known.every((x) => x instanceof Tensor))
      return notLinear(params.name)(instantiate(null, outputs[0] as Spec));
    const bars = cotangents.map((bar, i) => instantiate(bar, outputs[i] as Spec));
    return [
      ...known.map(() => null),
      ...bindCall([...known, ...bars], { ...params, forward: backward, backward: forward }),
    ];
  },
  batch(inputs, mapped, size, params) {
    // Linear inputs are all mapped, so that the transpose of the batched call has mapped outputs.
    const flags = mapped.map((isMapped, i) => isMapped || i >= params.residuals);
    const lifted = inputs.map((x, i) =>
      flags[i] && !mapped[i] ? broadcastTo(x, [size, ...x.shape]) : x,
    );
    const batched = (inner: Callee, isMapped: readonly boolean[]): Callee => {
      const lift = (spec: Spec, i: number) =>
        isMapped[i] ? { ...spec, shape: [size, ...spec.shape] } : spec;
      const run: FlatFunction = (x) =>
        vmapFlat((members) => evaluateFlat(inner.graph(), members), x, isMapped, size);
      return callee(
        inner.inputs.map(lift),
        inner.outputs.map((spec) => ({ ...spec, shape: [size, ...spec.shape] })),
        run,
      );
    };
    const { residuals, forward, backward, rule } = params;
    return bindCall(lifted, {
      ...params,
      forward: batched(forward, flags),
      backward:
        backward &&
        batched(backward, [...flags.slice(0, residuals), ...forward.outputs.map(() => true)]),
      rule: rule && batchedRule(rule, flags, forward.outputs, size),
    });
  },
};
export const callPrimitive: Primitive = call as Primitive<unknown> as Primitive;

function batchedRule(
  rule: CallRule,
  flags: readonly boolean[],
  outputs: readonly Spec[],
  size: number,
): CallRule {
  return (primals, tangents) => {
    const moving = tangents.flatMap((xDot, i) => (xDot === null ? [] : [flags[i] as boolean]));
    const run: FlatFunction = (inputs) => {
      const y = rule(
        inputs.slice(0, primals.length),
        fillIn(tangents, inputs.slice(primals.length)),
      );
      const yDot = y.outputs.flatMap((output, i) =>
        isFloat(output.dtype) ? [instantiate(y.tangents[i] as Tangent, output)] : [],
      );
      return [...y.outputs, ...yDot];
    };
    const all = vmapFlat(run, [...primals, ...nonZero(tangents)], [...flags, ...moving], size);
    return {
      outputs: all.slice(0, outputs.length),
      tangents: spreadFloats(outputs, all.slice(outputs.length)),
    };
  };
}
