// checkpoint, customJvp and customVjp: functions whose derivative is not simply that of their equations.
//
// Each traces its function, and its rule, once per call (so neither can branch on values) and makes one
// call equation. Tensors of outer transformations that the function closes over become inputs of the call.

import { type Spec, sameSpec } from "./array.ts";
import {
  bindCall,
  type CallRule,
  callee,
  fillFloats,
  floatsOf,
  linearCall,
  transposeOf,
} from "./call.ts";
import { fail } from "./errors.ts";
import { constantsOf, evaluateFlat, type Graph } from "./graph.ts";
import { instantiate } from "./jvp.ts";
import type { Tensor } from "./tensor.ts";
import { type AnyFunction, Flat, type FlatFunction, traceFlat } from "./trace.ts";
import {
  type Arguments,
  checkStructure,
  flatten,
  type Structure,
  type Tensors,
  type TensorsLike,
  unflatten,
} from "./tree.ts";

/** What a rule is told of the traced function. */
type Traced = Pick<Graph, "inTree" | "outTree" | "inputs" | "outputs">;

/** A function with the tensors of outer transformations that it closes over as further inputs. */
function close(name: string, run: FlatFunction, inputs: readonly Tensor[]) {
  const graph = traceFlat(name, run, inputs);
  const captured = constantsOf(graph).filter((constant) => constant.interpreter);
  const closed: FlatFunction = (values) => {
    const further = captured.map((x, i) => [x, values[inputs.length + i]!] as const);
    return evaluateFlat(graph, values.slice(0, inputs.length), new Map(further));
  };
  return { graph, captured, closed };
}

/** `ruleOf`: of f's arguments, then as many tangents: its outputs, then the tangents of the float ones. */
function callWith(
  name: string,
  f: AnyFunction,
  args: readonly unknown[],
  ruleOf?: (traced: Traced) => FlatFunction,
): unknown {
  const { leaves, structure: inTree } = flatten(args);
  const flat = new Flat(name, f, inTree);
  const { graph, captured, closed } = close(name, flat.run, leaves);
  let rule: ReturnType<typeof close> | undefined;
  try {
    const traced = { ...graph, inTree, outTree: flat.outTree };
    rule = ruleOf && close(name, ruleOf(traced), [...leaves, ...leaves]);
  } catch (error) {
    // Whoever sees it can tell that it is the rule's, and not the function's.
    Reflect.set(Object(error), "rule", name);
    throw error;
  }
  const inputs = [...leaves, ...captured, ...(rule?.captured ?? [])];
  const [n, m] = [leaves.length, graph.outputs.length];
  const callRule: CallRule = (primals, tangents) => {
    if (tangents.slice(n).some(Boolean))
      throw fail`${name}: the function closes over a value that is being differentiated, which its rule cannot see; expected it as an argument`;
    const own = primals.slice(0, n);
    const all = rule!.closed([
      ...own,
      ...instantiate(tangents, own),
      ...primals.slice(n + captured.length),
    ]);
    const outputs = all.slice(0, m);
    return { outputs, tangents: fillFloats(outputs, all.slice(m)) };
  };
  const params = {
    name,
    residuals: inputs.length,
    forward: callee(inputs, graph.outputs, closed),
    backward: null,
    rule: rule ? callRule : null,
  };
  return unflatten(flat.outTree, bindCall(inputs, params));
}

/**
 * `f` with the same value and derivatives, whose reverse mode keeps only f's inputs and recomputes the rest.
 *
 * A chain of n steps in √n checkpoints of √n steps needs memory for about 2√n of them.
 */
export const checkpoint =
  <A extends Arguments, R>(f: (...args: A) => R): ((...args: TensorsLike<A>) => Tensors<R>) =>
  (...args) =>
    callWith("checkpoint", f as AnyFunction, args as readonly unknown[]) as Tensors<R>;

/** The leaves of what a rule returned, checked against what it should be. */
function checkResult(
  name: string,
  role: string,
  structure: Structure,
  specs: readonly Spec[],
  got: unknown,
): Tensor[] {
  const { leaves, structure: found } = flatten(got);
  checkStructure(name, role, structure, found);
  const wrong = leaves.findIndex((leaf, i) => !sameSpec(leaf, specs[i]!));
  if (wrong < 0) return leaves;
  throw fail`${name}: ${role} ${wrong} is ${leaves[wrong]}, expected ${specs[wrong]}`;
}

type Rule = (primals: never, tangents: never) => readonly [unknown, unknown];

function customWith(
  name: string,
  f: AnyFunction,
  rule: (traced: Traced) => Rule,
  args: readonly unknown[],
): unknown {
  return callWith(name, f, args, (traced) => (values) => {
    const { inTree, outTree, inputs, outputs } = traced;
    const lists = [values.slice(0, inputs.length), values.slice(inputs.length)];
    const [x, xDot] = lists.map((list) => unflatten(inTree, list) as never);
    const results = rule(traced)(x!, xDot!);
    const [y, yDot] = results.map((tree, i) =>
      checkResult(name, i ? "the rule's tangent" : "the rule's value", outTree, outputs, tree),
    );
    return [...y!, ...floatsOf(yDot!)];
  });
}

/**
 * `f` with the derivative that `rule(primals, tangents)` = [y, ẏ] gives.
 *
 * The rule is made of operations and linear in the tangents, so reverse mode and higher orders follow from it.
 */
export const customJvp =
  <A extends Arguments, R>(
    f: (...args: A) => R,
    rule: (primals: Tensors<A>, tangents: Tensors<A>) => readonly [unknown, unknown],
  ): ((...args: TensorsLike<A>) => Tensors<R>) =>
  (...args) =>
    customWith("customJvp", f as AnyFunction, () => rule, args as readonly unknown[]) as Tensors<R>;

/**
 * `f` with the reverse rule forward(...args) = [y, residuals], backward(residuals, ȳ) = list of cotangents.
 *
 * Forward mode uses the transpose of `backward`, so that both modes agree; it throws when `backward` is not
 * linear in ȳ.
 */
export function customVjp<A extends Arguments, R, S>(
  f: (...args: A) => R,
  forward: (...args: A) => readonly [R, S],
  backward: (residuals: Tensors<S>, yBar: Tensors<R>) => readonly unknown[],
): (...args: TensorsLike<A>) => Tensors<R> {
  const ruleOf =
    ({ inTree, outTree, inputs, outputs }: Traced): Rule =>
    (primals, tangents) => {
      const [y, residuals] = forward(...(primals as unknown as A));
      const { leaves: kept, structure } = flatten(residuals);
      const yBars = floatsOf(instantiate([], outputs));
      const run = (values: readonly Tensor[]) => {
        const bars = fillFloats(outputs, values.slice(kept.length));
        const yBar = unflatten(outTree, instantiate(bars, outputs)) as Tensors<R>;
        const known = unflatten(structure, values.slice(0, kept.length)) as Tensors<S>;
        const result = backward(known, yBar);
        return floatsOf(checkResult("customVjp", "backward's cotangent", inTree, inputs, result));
      };
      const { captured, closed } = close("customVjp", run, [...kept, ...yBars]);
      const known = [...kept, ...captured];
      const pull = (values: readonly Tensor[]) => {
        const [own, bars] = [values.slice(0, known.length), values.slice(known.length)];
        return closed([...own.slice(0, kept.length), ...bars, ...own.slice(kept.length)]);
      };
      const push = (values: readonly Tensor[]) => {
        try {
          return transposeOf(pull, known.length, yBars)(values);
        } catch (error) {
          throw fail`customVjp: forward mode needs the transpose of backward, expected it to be linear in the cotangent; use reverse mode, or customJvp (${String(error)})`;
        }
      };
      const xDot = floatsOf(flatten(tangents).leaves);
      const yDot = linearCall("customVjp", known, xDot, yBars, push, pull);
      return [y, unflatten(outTree, instantiate(fillFloats(outputs, yDot), outputs))];
    };
  return (...args) =>
    customWith("customVjp", f as AnyFunction, ruleOf, args as readonly unknown[]) as Tensors<R>;
}
