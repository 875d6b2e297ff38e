// What joins equations: values that JavaScript reads, stopGradient, and the addition of cotangents.
//
// Where every equation passes alone, one of these is at fault.
import {
  type Equation,
  type Graph,
  print,
  type Tensor,
  Var,
  vjp,
} from "@cotangent/autodiff/functions";
import { evaluateFlat, type FlatFunction, traceAt } from "@cotangent/autodiff/testing";
import { Coordinates, isFloat } from "./coordinates.ts";
import { directionOf } from "./directions.ts";
import type { Draws } from "./draws.ts";
import { flatSubject } from "./engine-subject.ts";
import type { Blame, RungName, RungResult } from "./report.ts";
import type { Subject } from "./subject.ts";
import { applied, replay } from "./switches.ts";
import { along, largest } from "./vector.ts";

/** Checks a part of a function on some rungs. */
export type Check = (subject: Subject, rungs?: readonly RungName[]) => RungResult[];

/** An equation as the reader of the printed graph knows it. */
export function described(
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
  // Frames of the checker itself say nothing.
  const isOwn = source === undefined || /gradcheck[\\/](src|dist)[\\/]/.test(source);
  return {
    equation: lines[position + 1]!.trim().replace(/^let /, ""),
    primitive: name,
    ...(!isOwn && { source }),
  };
}

/** A value that JavaScript read: the graph, traced elsewhere, has another constant or another equation. */
export function escaped(subject: Subject, draws: Draws): Blame | undefined {
  const { graph, run } = subject.engine!;
  const shift = directionOf(subject, draws);
  const near = subject.inputs.tensors(along(subject.point, 2 ** -12, shift));
  const [own, kept] = [run(near), evaluateFlat(graph, near)].map((y) =>
    subject.outputs.join(y, "the value"),
  );
  if (largest(own!.map((y, i) => y - kept![i]!)) <= 1e-9 * largest(own!)) return undefined;
  const other = traceAt(run, near);
  const text = ({ primitive, inputs }: Equation) =>
    [primitive.name, ...inputs.map((x) => (x instanceof Var ? "" : String(x)))].join(" ");
  const position = graph.equations.findIndex(
    (e, i) => !other.equations[i] || text(e) !== text(other.equations[i]!),
  );
  const detail =
    "through item(), data, a branch or state outside: that dependence has no derivative";
  return { ...described(graph, Math.max(position, 0)), rule: "escape", detail };
}

/** The first stopGradient without which the derivative is another, where everything else is right. */
export function stopped(subject: Subject, draws: Draws): Blame | undefined {
  const { point, inputs, outputs } = subject;
  const { graph } = subject.engine!;
  const [leaves, u] = [inputs.tensors(point), outputs.tensors(draws.signed(outputs.size))];
  const bar = (open?: Equation) => {
    const run = (...x: Tensor[]) => {
      const read = replay(graph, x, (e, given) => (e === open ? given : applied(e, given)));
      return graph.outputs.map(read);
    };
    return inputs.join(vjp(run, leaves)[1](u as never) as never, "vjp");
  };
  const own = bar();
  const position = graph.equations.findIndex((equation) => {
    if (equation.primitive.name !== "stopGradient") return false;
    const other = bar(equation);
    return largest(other.map((y, i) => y - own[i]!)) > 1e-9 * largest(other);
  });
  if (position < 0) return undefined;
  return {
    ...described(graph, position),
    rule: "jvp",
    detail: "it hides this dependence from every derivative",
  };
}

/** The equation with which the dot product first fails although every equation passes alone. */
export function accumulated(subject: Subject, check: Check): Blame | undefined {
  const { inputs, point } = subject;
  const { graph } = subject.engine!;
  const values = replay(graph, inputs.tensors(point));
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
    const prefix = flatSubject(run, { name: "prefix", inputs, outputs: layout, point });
    return check(prefix, ["dot product"]).some(({ status }) => status === "fail");
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
