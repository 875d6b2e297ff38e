// checkpoint, customJvp and customVjp: functions whose derivative is not simply that of their equations.
//
// Each traces its function once per call (so its body cannot branch on values) and makes one call
// equation. Tensors of outer transformations that the function closes over become inputs of the call.
import { formatSpec, sameSpec, type Spec } from "./array.ts";
import { bind } from "./interpreter.ts";
import {
  type CallParams,
  type CallRule,
  callee,
  callPrimitive,
  fillIn,
  linearCall,
  nonZero,
  spreadFloats,
} from "./call.ts";
import { constantsOf, evaluateFlat, type Graph } from "./graph.ts";
import { flatFunction, instantiate } from "./jvp.ts";
import type { Params, Tangent } from "./primitive.ts";
import { Tensor } from "./tensor.ts";
import { traceFlat } from "./trace.ts";
import { transposeFlat } from "./transpose.ts";
import {
  checkSameStructure,
  flatten,
  type Structure,
  type Tensors,
  type TensorsLike,
  unflatten,
} from "./tree.ts";

type AnyFunction = (...args: never[]) => unknown;

/** What a rule is told of the traced function: argument structure, result structure, graph, inputs captured. */
interface Traced {
  readonly inTree: Structure;
  readonly outTree: Structure;
  readonly arguments: number;
  readonly graph: Graph;
}

function callWith(
  name: string,
  f: AnyFunction,
  args: readonly unknown[],
  ruleOf: ((traced: Traced) => CallRule) | null,
): unknown {
  const x = flatten(args);
  const { run, outTree } = flatFunction(name, f, x.structure);
  const graph = traceFlat(name, run, x.leaves);
  const captured = constantsOf(graph).filter((constant) => constant.interpreter !== null);
  const inputs = [...x.leaves, ...captured];
  // Tracing the graph once more with the captured tensors as inputs hoists them out of it.
  const hoisted = captured.length === 0 ? graph : hoist(graph, captured, inputs);
  const forward = {
    ...callee(inputs, graph.outputs, (values) => evaluateFlat(hoisted, values)),
    graph: () => hoisted,
  };
  const rule =
    ruleOf?.({ inTree: x.structure, outTree: outTree(), arguments: x.leaves.length, graph }) ??
    null;
  const params: CallParams = { name, residuals: inputs.length, forward, backward: null, rule };
  return unflatten(outTree(), bind(callPrimitive, inputs, params as unknown as Params));
}

function hoist(graph: Graph, captured: readonly Tensor[], inputs: readonly Tensor[]): Graph {
  return traceFlat(
    "call",
    (values) => {
      const replacement = new Map(
        captured.map((constant, i) => [constant, values[graph.inputs.length + i] as Tensor]),
      );
      const equations = graph.equations.map((equation) => ({
        ...equation,
        inputs: equation.inputs.map((atom) =>
          atom instanceof Tensor ? (replacement.get(atom) ?? atom) : atom,
        ),
      }));
      const outputs = graph.outputs.map((atom) =>
        atom instanceof Tensor ? (replacement.get(atom) ?? atom) : atom,
      );
      return evaluateFlat({ ...graph, equations, outputs }, values.slice(0, graph.inputs.length));
    },
    inputs,
  );
}

/**
 * `f` with the same value and derivatives, whose reverse mode keeps only f's inputs and recomputes the rest.
 *
 * A chain of n steps in √n checkpoints of √n steps needs memory for about 2√n of them.
 */
export function checkpoint<A extends readonly unknown[], R>(
  f: (...args: A) => R,
): (...args: TensorsLike<A>) => Tensors<R> {
  return (...args) =>
    callWith("checkpoint", f as AnyFunction, args as readonly unknown[], null) as Tensors<R>;
}

/** Throws when a tensor that the function closes over is being differentiated: the rule does not know it. */
function ownTangents(
  name: string,
  traced: Traced,
  tangents: readonly Tangent[],
): readonly Tangent[] {
  if (tangents.slice(traced.arguments).some((xDot) => xDot !== null))
    throw new TypeError(
      `${name}: the function closes over a value that is being differentiated, which its rule cannot see; pass it as an argument`,
    );
  return tangents.slice(0, traced.arguments);
}

function checkResult(
  name: string,
  role: string,
  expectedTree: Structure,
  expected: readonly Spec[],
  got: unknown,
): Tensor[] {
  const { leaves, structure } = flatten(got);
  checkSameStructure(name, expectedTree, structure, role);
  leaves.forEach((leaf, i) => {
    if (!sameSpec(leaf, expected[i] as Spec))
      throw new TypeError(
        `${name}: ${role} ${i} is ${formatSpec(leaf)}, expected ${formatSpec(expected[i] as Spec)}`,
      );
  });
  return leaves;
}

/**
 * `f` with the derivative that `rule(primals, tangents)` = [y, ẏ] gives.
 *
 * The rule is made of operations and linear in the tangents, so reverse mode and higher orders follow from it.
 */
export function customJvp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  rule: (primals: Tensors<A>, tangents: Tensors<A>) => readonly [unknown, unknown],
): (...args: TensorsLike<A>) => Tensors<R> {
  const ruleOf =
    (traced: Traced): CallRule =>
    (primals, tangents) => {
      const own = primals.slice(0, traced.arguments);
      const xDot = ownTangents("customJvp", traced, tangents).map((tangent, i) =>
        instantiate(tangent, own[i] as Tensor),
      );
      const [y, yDot] = rule(
        unflatten(traced.inTree, own) as Tensors<A>,
        unflatten(traced.inTree, xDot) as Tensors<A>,
      );
      const { outputs } = traced.graph;
      const check = (role: string, value: unknown) =>
        checkResult("customJvp", role, traced.outTree, outputs, value);
      return { outputs: check("the rule's value", y), tangents: check("the rule's tangent", yDot) };
    };
  return (...args) =>
    callWith("customJvp", f as AnyFunction, args as readonly unknown[], ruleOf) as Tensors<R>;
}

/**
 * `f` with the reverse rule forward(...args) = [y, residuals], backward(residuals, ȳ) = list of cotangents.
 *
 * Forward mode uses the transpose of `backward`, so that both modes agree; it throws when `backward` is not
 * linear in ȳ. `backward` may use its arguments and constants, not tensors of outer transformations.
 */
export function customVjp<A extends readonly unknown[], R, S>(
  f: (...args: A) => R,
  forward: (...args: A) => readonly [R, S],
  backward: (residuals: Tensors<S>, yBar: Tensors<R>) => readonly unknown[],
): (...args: TensorsLike<A>) => Tensors<R> {
  const ruleOf =
    (traced: Traced): CallRule =>
    (primals, tangents) => {
      const own = primals.slice(0, traced.arguments);
      const moving = ownTangents("customVjp", traced, tangents);
      const [y, residuals] = forward(...(unflatten(traced.inTree, own) as A));
      const outputs = checkResult(
        "customVjp",
        "forward's value",
        traced.outTree,
        traced.graph.outputs,
        y,
      );
      const kept = flatten(residuals);
      const count = kept.leaves.length;
      const pullAll = (inputs: readonly Tensor[]): Tensor[] => {
        const bars = spreadFloats(outputs, inputs.slice(count)).map((bar, i) =>
          instantiate(bar, outputs[i] as Tensor),
        );
        const result = backward(
          unflatten(kept.structure, inputs.slice(0, count)) as Tensors<S>,
          unflatten(traced.outTree, bars) as Tensors<R>,
        );
        return checkResult("customVjp", "backward's cotangent", traced.inTree, own, result);
      };
      const pull = (inputs: readonly Tensor[]) =>
        pullAll(inputs).filter((_, i) => moving[i] !== null);
      const floats = outputs.filter(({ dtype }) => dtype === "f64" || dtype === "f32");
      // ẏ = (backward's transpose) ẋ
      const push = (inputs: readonly Tensor[]): Tensor[] => {
        const graph = traceFlat(
          "customVjp",
          (bars) => pullAll([...inputs.slice(0, count), ...bars]),
          floats,
        );
        const yDot = transposeFlat(graph, fillIn(moving, inputs.slice(count)));
        return yDot.map((bar, i) => instantiate(bar, floats[i] as Tensor));
      };
      const yDot = linearCall("customVjp", kept.leaves, nonZero(moving), floats, push, pull);
      return { outputs, tangents: spreadFloats(outputs, yDot) };
    };
  return (...args) =>
    callWith("customVjp", f as AnyFunction, args as readonly unknown[], ruleOf) as Tensors<R>;
}
