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
import { directional } from "./higher.ts";
import { accumulated, described, escaped, stopped } from "./joints.ts";
import type { Settings } from "./options.ts";
import type { Blame, RungResult } from "./report.ts";
import type { EngineSubject, Subject } from "./subject.ts";
import { replay } from "./switches.ts";

type Climb = (subject: Subject, settings: Settings) => RungResult[];

/** The guilty part of a function that fails; undefined if nothing can be blamed. */
export function blameOf(
  subject: Subject,
  settings: Settings,
  rungs: readonly RungResult[],
  climb: Climb,
): Blame | undefined {
  const { engine } = subject;
  const failed = rungs.filter(({ status, rung }) => status === "fail" && rung !== "determinism");
  if (!engine || failed.length === 0) return undefined;
  const names = new Set([
    "structure",
    "dot product",
    "numeric",
    ...failed.map(({ rung }) => rung),
  ] as const);
  const alone: Settings = {
    ...settings,
    only: "",
    kinks: "skip",
    exhaustive: 256,
    rungs: [...names],
  };
  const leaves = engine.layouts[0].tensors(subject.point);
  return (
    escaped(subject, settings) ??
    guilty(engine.graph, leaves, alone, climb) ??
    stopped(engine.graph) ??
    accumulated(subject, settings)
  );
}

/** One equation as a function of its float operands, at the values they have; undefined if it has none. */
function aloneOf(
  { primitive, inputs, params }: Equation,
  values: readonly Tensor[],
): Subject | undefined {
  const moving = [...values.keys()].filter((i) => inputs[i] instanceof Var && isFloat(values[i]!));
  const outputs = bind(primitive, values, params).filter(isFloat);
  if (moving.length === 0 || outputs.length === 0 || primitive.name === "stopGradient")
    return undefined;
  const run: FlatFunction = (x) => {
    const given = values.map((value, i) => (moving.includes(i) ? x[moving.indexOf(i)]! : value));
    return bind(primitive, given, params).filter(isFloat);
  };
  const own = moving.map((i) => values[i]!);
  const layout = new Coordinates(own, (k) => `operand ${moving[k]}`, false);
  return flatSubject(
    primitive.name,
    run,
    layout,
    new Coordinates(outputs, () => "output", false),
    layout.join(own, "operands"),
  );
}

/** The first equation whose own derivative fails. */
function guilty(
  graph: Graph,
  leaves: readonly Tensor[],
  settings: Settings,
  climb: Climb,
  depth = 0,
): Blame | undefined {
  const read = replay(graph, leaves);
  for (const [position, equation] of graph.equations.entries()) {
    const values = equation.inputs.map(read);
    const subject = aloneOf(equation, values);
    const failed = subject && climb(subject, settings).filter(({ status }) => status === "fail");
    if (!subject || failed!.length === 0) continue;
    const verdict = verdictOf(failed!);
    const inner =
      depth === 0 ? within(equation, subject, values, verdict.rule, settings, climb) : undefined;
    const own = described(graph, position);
    return inner
      ? {
          ...inner,
          ...(own.source && { source: own.source }),
          detail: `${inner.detail}, in ${own.equation}`,
        }
      : { ...own, ...verdict };
  }
  return undefined;
}

const short = (x: number) => Number(x.toPrecision(9));

/** What the failures of one equation say about its rules. */
function verdictOf(failed: readonly RungResult[]): Pick<Blame, "rule" | "detail"> {
  const texts = failed.flatMap(({ failures }) => failures.map(({ what }) => what));
  const { rung, failures } = failed[0]!;
  const { what, analytic, expected } = failures[0]!;
  const detail = Number.isNaN(expected)
    ? `${rung}: ${what}`
    : `${rung}: ${what}: ${short(analytic)}, expected ${short(expected)}`;
  const isForward =
    failed.every((result) => result.rung !== "dot product") ||
    texts.some((text) => text.includes("(jvp)"));
  if (texts.every((text) => text.startsWith("vmap"))) return { rule: "batch", detail };
  if (rung === "structure" ? !what.startsWith("vjp") : isForward) return { rule: "jvp", detail };
  return { rule: "transpose", detail };
}

/** The guilty equation inside of one: of a called graph, of its linear map, or of its derivative. */
function within(
  { primitive, params }: Equation,
  { engine, point, inputs }: Subject,
  values: readonly Tensor[],
  rule: Blame["rule"],
  settings: Settings,
  climb: Climb,
): Blame | undefined {
  const { forward, rule: given } = params as {
    readonly forward?: { graph(): Graph };
    readonly rule?: unknown;
  };
  if (primitive.name === "call")
    return given ? undefined : guilty(forward!.graph(), values, settings, climb, 1);
  const { run, layouts } = engine as EngineSubject;
  const x = layouts[0].tensors(point);
  const v = layouts[0].tensors(new Draws(settings.seed, 9).signed(inputs.size));
  const field = (...given: Tensor[]) => run(given) as Tensor[];
  if (rule === "transpose") return guilty(linearize(field, x)[1].graph, v, settings, climb, 1);
  const first: Settings = { ...settings, rungs: ["structure", "dot product", "numeric"] };
  const derivative = traceAt((given) => directional(field, v)(...given), x);
  return rule === "jvp" ? guilty(derivative, x, first, climb, 1) : undefined;
}
