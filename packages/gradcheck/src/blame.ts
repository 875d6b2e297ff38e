// Blame: which equation of the traced graph is guilty.
//
// The graph is replayed; each equation is checked alone, as a function of its operands frozen at the values
// that came in, on the rungs that failed. If all pass, what joins them is at fault: values that JavaScript
// read, a stopGradient, or the addition of cotangents, found by bisection over prefixes of the graph.
import {
  type Equation,
  type Graph,
  linearize,
  print,
  type Tensor,
  Var,
} from "@cotangent/autodiff/functions";
import { bind, evaluateFlat, type FlatFunction, traceAt } from "@cotangent/autodiff/testing";
import { Coordinates } from "./coordinates.ts";
import { Draws } from "./draws.ts";
import { flatSubject } from "./engine-subject.ts";
import { directional } from "./higher.ts";
import type { Settings } from "./options.ts";
import type { Blame, RungResult } from "./report.ts";
import { spansOf } from "./slopes.ts";
import type { EngineSubject, Subject } from "./subject.ts";
import { replay } from "./switches.ts";
import { along, largest } from "./vector.ts";

type Climb = (subject: Subject, settings: Settings) => RungResult[];
const isFloat = ({ dtype }: { readonly dtype: string }) => dtype === "f64" || dtype === "f32";

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
    accumulated(subject, alone, climb)
  );
}

/** An equation as the reader of the printed graph knows it. */
function described(
  graph: Graph,
  position: number,
): Pick<Blame, "equation" | "primitive" | "source"> {
  const plain = (equation: Equation): Equation =>
    equation.primitive.name === "call"
      ? { ...equation, params: { name: equation.params.name } }
      : equation;
  const lines = print({ ...graph, equations: graph.equations.map(plain) }).split("\n");
  const { primitive, params, source } = graph.equations[position]!;
  const name = primitive.name === "call" ? String(params.name) : primitive.name;
  return {
    equation: lines[position + 1]!.trim().replace(/^let /, ""),
    primitive: name,
    ...(source && { source }),
  };
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

/** What the failures of one equation say about its rules. */
function verdictOf(failed: readonly RungResult[]): Pick<Blame, "rule" | "detail"> {
  const texts = failed.flatMap(({ failures }) => failures.map(({ what }) => what));
  const { rung, failures } = failed[0]!;
  const { what, analytic, expected } = failures[0]!;
  const detail = Number.isNaN(expected)
    ? `${rung}: ${what}`
    : `${rung}: ${what}: ${analytic}, expected ${expected}`;
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

/** A value that JavaScript read: the graph, traced elsewhere, has another constant or another equation. */
function escaped(subject: Subject, { seed }: Settings): Blame | undefined {
  const { graph, flat, layouts } = subject.engine!;
  const span = spansOf(subject);
  const shift = new Draws(seed, 10)
    .signed(subject.point.length)
    .map((s, i) => 2 ** -12 * s * span[i]!);
  const near = layouts[0].tensors(along(subject.point, 1, shift));
  const [own, kept] = [flat(near), evaluateFlat(graph, near)].map((y) =>
    layouts[1].join(y, "the value"),
  );
  if (largest(own!.map((y, i) => y - kept![i]!)) <= 1e-9 * largest(own!)) return undefined;
  const other = traceAt(flat, near);
  const text = ({ primitive, inputs }: Equation) =>
    [primitive.name, ...inputs.map((x) => (x instanceof Var ? "" : String(x)))].join(" ");
  const position = graph.equations.findIndex(
    (e, i) => !other.equations[i] || text(e) !== text(other.equations[i]!),
  );
  const detail =
    "JavaScript reads a value of the arguments (item(), data, a branch or an outside state): that dependence has no derivative";
  return { ...described(graph, Math.max(position, 0)), rule: "escape", detail };
}

/** A stopGradient, where everything else is right. */
function stopped(graph: Graph): Blame | undefined {
  const position = graph.equations.findIndex(({ primitive }) => primitive.name === "stopGradient");
  if (position < 0) return undefined;
  return {
    ...described(graph, position),
    rule: "jvp",
    detail: "it hides this dependence from every derivative",
  };
}

/** The equation with which the dot product first fails although every equation passes alone. */
function accumulated(subject: Subject, settings: Settings, climb: Climb): Blame | undefined {
  const { graph, layouts } = subject.engine!;
  const values = replay(graph, layouts[0].tensors(subject.point));
  const fails = (count: number) => {
    const equations = graph.equations.slice(0, count);
    const later = new Set([
      ...graph.equations.slice(count).flatMap(({ inputs }) => inputs),
      ...graph.outputs,
    ]);
    const known = [...graph.inputs, ...equations.flatMap(({ outputs }) => outputs)];
    const outputs = known.filter((x) => later.has(x) && isFloat(x));
    const layout = new Coordinates(outputs.map(values), () => "output", false);
    const run: FlatFunction = (x) => evaluateFlat({ ...graph, equations, outputs }, x);
    const prefix = flatSubject("prefix", run, layouts[0], layout, subject.point);
    return climb(prefix, { ...settings, rungs: ["dot product"] }).some(
      ({ status }) => status === "fail",
    );
  };
  let [passing, failing] = [0, graph.equations.length];
  if (failing === 0 || !fails(failing)) return undefined;
  while (failing - passing > 1) {
    const middle = (passing + failing) >> 1;
    if (fails(middle)) failing = middle;
    else passing = middle;
  }
  const detail =
    "every equation passes alone; with this one, cotangents of a value that is read twice do not add up";
  return { ...described(graph, failing - 1), rule: "accumulation", detail };
}
