// The symbolic rung: J v and Jᵀ u against the truth to rounding, by an oracle that shares no code with the engine.
//
// Graphs of scalars are differentiated symbolically (mathjs); others by differences in 64-digit arithmetic
// of the traced graph, each primitive evaluated by its definition.
import { type Graph, jvp, type Tensor } from "@cotangent/autodiff/functions";
import type { FlatFunction } from "@cotangent/autodiff/testing";
import { Draws } from "../draws.ts";
import type { Settings } from "../options.ts";
import { type Big, exact } from "../oracles/big.ts";
import { bigJvp } from "../oracles/differences.ts";
import { defined } from "../oracles/evaluate.ts";
import { symbolicJacobian } from "../oracles/expression-of.ts";
import type { RungResult } from "../report.ts";
import { allowances } from "../rounding.ts";
import { clearSample } from "../slopes.ts";
import type { Subject } from "../subject.ts";
import { skipped, Tally } from "../tally.ts";
import { absDot, dot, type Vector } from "../vector.ts";

/** How many elements a graph may compute to be evaluated in 64 digits. */
const affordable = 20_000;
const cheap =
  /^(add|sub|mul|neg|reshape|permute|broadcastTo|slice|pad|concat|gather|sum|where|less|equal|astype|matmul)/;

function costOf(graph: Graph): number {
  return graph.equations.reduce((total, { primitive, inputs, outputs }) => {
    const size = Math.max(
      ...[...inputs, ...outputs].map(({ shape }) => shape.reduce((a, b) => a * b, 1)),
    );
    const depth = primitive.name === "matmul" ? inputs[0]!.shape.at(-1)! : 1;
    return total + size * depth * (cheap.test(primitive.name) ? 1 : 20);
  }, 0);
}

export function symbolicRung(subject: Subject, settings: Settings): RungResult {
  const { engine, outputs, vjp } = subject;
  if (!engine) return skipped("symbolic", "it needs a function of the engine");
  const unknown = engine.graph.equations.find(({ primitive }) => !defined.has(primitive.name));
  if (unknown) return skipped("symbolic", `it has no definition of ${unknown.primitive.name}`);
  if (costOf(engine.graph) > affordable)
    return skipped("symbolic", "the graph is too large for 64-digit arithmetic");
  const tally = new Tally("symbolic", settings);
  const draws = new Draws(settings.seed, 5);
  const [inputs, results] = engine.layouts;
  const symbolic = symbolicJacobian(engine.graph);
  let oracle = "64-digit differences";
  for (let k = 0; k < 2; k++) {
    const sample = clearSample(subject, draws, 2 ** -12);
    if (!sample) {
      tally.open("no point without a switch close by");
      continue;
    }
    const { x } = sample;
    const v = draws.signed(x.length);
    const push = (f: FlatFunction): Vector => {
      const g = (...given: Tensor[]) => f(given) as Tensor[];
      return results.join(jvp(g, inputs.tensors(x), inputs.tensors(v))[1] as never, "jvp");
    };
    const product = (row: readonly Big[]) =>
      row.map((entry, c) => entry.times(exact(v[c]!))).reduce((a, b) => a.plus(b), exact(0));
    const formulas = symbolic?.(x).map(product);
    const isCovered = formulas?.every((y) => y.isFinite()) ?? false;
    if (isCovered) oracle = "symbolic derivatives";
    const truth = Float64Array.from(isCovered ? formulas! : bigJvp(engine.graph, x, v), Number);
    const got = push(engine.run);
    const allowed = allowances(engine, draws, 2 ** -53, got, push);
    truth.forEach((expected, r) => {
      const where = {
        what: `${outputs.describe(r)}, J v in direction ${k}`,
        estimate: allowed[r]!,
      };
      tally.compare(where, got[r]!, expected, allowed[r]!);
    });
    const u = draws.signed(outputs.size);
    const where = { what: `⟨Jᵀ u, v⟩ in direction ${k}`, estimate: absDot(u, allowed) };
    const bar = vjp!(x, u);
    const rounding = 2 ** -50 * absDot(bar, v);
    tally.compare(where, dot(bar, v), dot(u, truth), 2 * absDot(u, allowed) + rounding);
  }
  return tally.result(oracle);
}
