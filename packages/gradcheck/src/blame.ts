// Blame: which equation of the traced graph is guilty.
//
// The graph is replayed; each equation is checked alone, as a function of its operands frozen at the values
// that came in, on the rungs that failed. If all pass, what joins them is at fault: values that JavaScript
// read, a stopGradient, or the addition of cotangents, found by bisection over prefixes of the graph.
import {
  type Equation,
  type Graph,
  linearize,
  type Tensor,
  Var,
} from "@cotangent/autodiff/functions";
import { bind, type FlatFunction, traceAt } from "@cotangent/autodiff/testing";
import { Coordinates, isFloat } from "./coordinates.ts";
import { Draws } from "./draws.ts";
import { flatSubject } from "./engine-subject.ts";
import { tried } from "./errors.ts";
import { directional, ofSome } from "./higher.ts";
import { accumulated, type Check, described, escaped, stopped } from "./joints.ts";
import type { Settings } from "./options.ts";
import type { Blame, RungName, RungResult } from "./report.ts";
import type { Subject } from "./subject.ts";
import { replay } from "./switches.ts";

const basic: readonly RungName[] = ["structure", "dot product", "numeric"];

/** The guilty part of a function that fails; undefined if nothing can be blamed. */
export function blameOf(
  subject: Subject,
  settings: Settings,
  results: readonly RungResult[],
  climb: (subject: Subject, settings: Settings) => RungResult[],
): Blame | undefined {
  const { engine, inputs, point } = subject;
  const failed = results.flatMap(({ status, rung }) => (status === "fail" ? [rung] : []));
  if (!engine || failed.every((rung) => rung === "determinism")) return undefined;
  const alone = { ...settings, only: "", kinks: "skip", exhaustive: 256 } as const;
  const check: Check = (part, rungs = [...new Set([...basic, ...failed])]) =>
    climb(part, { ...alone, rungs });
  const draws = new Draws(settings.seed, 0);
  const find = (by: Check) => guilty(engine.graph, inputs.tensors(point), by, draws);
  // The dearer rungs compute with rules themselves: they are asked when the others blame nobody.
  const isBasic = failed.some((rung) => basic.includes(rung));
  return (
    escaped(subject, draws) ??
    (isBasic ? find((part) => check(part, basic)) : undefined) ??
    find(check) ??
    stopped(subject, draws) ??
    accumulated(subject, check)
  );
}

/** One equation as a function of its float operands, at the values they have; undefined if it has none. */
function aloneOf(
  { primitive, inputs, params }: Equation,
  values: readonly Tensor[],
): Subject | undefined {
  const moving = [...values.keys()].filter((i) => inputs[i] instanceof Var && isFloat(values[i]!));
  const apply = ofSome((all) => bind(primitive, all, params).filter(isFloat), values, moving);
  const run: FlatFunction = (x) => apply(...x);
  const own = moving.map((i) => values[i]!);
  const results = run(own);
  if (own.length * results.length === 0 || primitive.name === "stopGradient") return undefined;
  const operands = new Coordinates(own, (k) => `operand ${moving[k]}`, false);
  const outputs = new Coordinates(results, () => "output", false);
  const point = operands.join(own, "operands");
  return flatSubject(run, { name: primitive.name, inputs: operands, outputs, point });
}

/** The first equation whose own derivative fails; where there is a guilty one inside of it, that one. */
function guilty(
  graph: Graph,
  leaves: readonly Tensor[],
  check: Check,
  draws?: Draws,
): Blame | undefined {
  const read = replay(graph, leaves);
  for (const [position, equation] of graph.equations.entries()) {
    const values = equation.inputs.map(read);
    const subject = aloneOf(equation, values);
    const failed = subject ? check(subject).filter(({ status }) => status === "fail") : [];
    if (!subject || failed.length === 0) continue;
    const own = { ...described(graph, position), ...verdictOf(failed) };
    // A rule that throws does so here too.
    const inner = draws && tried(() => within(equation, subject, values, own.rule, check, draws));
    if (!inner) return own;
    const place = inner.equation === own.equation ? "" : `, in ${own.equation}`;
    return { ...inner, ...(own.source && { source: own.source }), detail: inner.detail + place };
  }
  return undefined;
}

const short = (x: number) => Number(x.toPrecision(9));

/** What the failures of one equation say about its rules. */
function verdictOf(failed: readonly RungResult[]): Pick<Blame, "rule" | "detail"> {
  const texts = failed.flatMap(({ failures }) => failures.map(({ what }) => what));
  const { rung, failures } = failed[0]!;
  const { what, analytic, expected } = failures[0]!;
  const numbers = `: ${short(analytic)}, expected ${short(expected)}`;
  const detail = `${rung}: ${what}${Number.isNaN(analytic) ? "" : numbers}`;
  const pairs = failed.some((result) => result.rung === "dot product");
  const isForward = texts.some((text) => text.includes("(jvp)")) || !pairs;
  if (texts.every((text) => text.startsWith("vmap"))) return { rule: "batch", detail };
  const isJvp = rung === "structure" ? !what.startsWith("vjp") : isForward;
  return { rule: isJvp ? "jvp" : "transpose", detail };
}

/** The guilty equation inside of one: of a called graph, of its linear map, or of its derivative. */
function within(
  { primitive, params }: Equation,
  { engine, point, inputs }: Subject,
  values: readonly Tensor[],
  rule: Blame["rule"],
  check: Check,
  draws: Draws,
): Blame | undefined {
  if (primitive.name === "call") {
    const { forward, rule: own } = params as { forward?: { graph(): Graph }; rule?: unknown };
    return own ? undefined : guilty(forward!.graph(), values, check);
  }
  const [x, v] = [point, draws.signed(inputs.size)].map((at) => inputs.tensors(at));
  const field = (...given: Tensor[]) => engine!.run(given) as Tensor[];
  if (rule === "transpose") return guilty(linearize(field, x!)[1].graph, v!, check);
  const derivative = traceAt((given) => directional(field, v!)(...given), x!);
  return rule === "jvp" ? guilty(derivative, x!, (part) => check(part, basic)) : undefined;
}
