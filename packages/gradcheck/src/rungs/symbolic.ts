// The symbolic rung: J v and Jᵀ u against the truth to rounding, by an oracle that shares no code with the engine.
//
// Graphs of scalars are differentiated symbolically (mathjs); others by differences in 64-digit arithmetic
// of the traced graph, each primitive evaluated by its definition.
import type { Graph } from "@cotangent/autodiff/functions";
import { lengthOf } from "../coordinates.ts";
import { attempts, clearSample, movesOf } from "../directions.ts";
import { type Big, exact } from "../oracles/big.ts";
import { bigJvp } from "../oracles/differences.ts";
import { defined } from "../oracles/evaluate.ts";
import { symbolicJacobian } from "../oracles/expression-of.ts";
import type { Rung } from "../tally.ts";
import { absDot, dot, type Vector } from "../vector.ts";

/** How many multiplications a graph may cost to be evaluated in 64 digits. */
const affordable = 20_000;
const moves =
  /^(add|sub|mul|neg|reshape|permute|broadcastTo|slice|pad|concat|gather|sum|where|less|equal|astype|matmul)/;

const costOf = ({ equations }: Graph): number =>
  equations.reduce((total, { primitive, inputs, outputs }) => {
    const depth = primitive.name === "matmul" ? inputs[0]!.shape.at(-1)! : 1;
    const size = Math.max(...[...inputs, ...outputs].map(({ shape }) => lengthOf(shape)));
    return total + size * depth * (moves.test(primitive.name) ? 1 : 20);
  }, 0);

export const symbolicRung: Rung = ({ subject, draws, tally }) => {
  const { engine, outputs, value, jvp, vjp } = subject;
  if (!engine) return tally.skip("it needs a function of the engine");
  const unknown = engine.graph.equations.find(({ primitive }) => !defined.has(primitive.name));
  if (unknown) return tally.skip(`it has no definition of ${unknown.primitive.name}`);
  if (costOf(engine.graph) > affordable)
    return tally.skip("the graph is too large for 64-digit arithmetic");
  const symbolic = symbolicJacobian(engine.graph);
  /** A point and a direction along which the truth is known; at the edge of a domain it is not. */
  const knownSample = (attempt = 0): { x: Vector; v: Vector; truth: Vector } | undefined => {
    const x = clearSample(subject, draws, 2 ** -12, attempt)?.x;
    if (!x) return undefined;
    const v = draws.signed(x.length);
    const product = (row: readonly Big[]) =>
      row.map((entry, c) => entry.times(exact(v[c]!))).reduce((a, b) => a.plus(b), exact(0));
    const formulas = symbolic?.(x).map(product);
    const isCovered = formulas?.every((y) => y.isFinite()) ?? false;
    tally.note(isCovered ? "symbolic derivatives" : "64-digit differences");
    const truth = Float64Array.from(isCovered ? formulas! : bigJvp(engine.graph, x, v), Number);
    if (truth.every(Number.isFinite)) return { x, v, truth };
    return attempt < attempts ? knownSample(attempt + 1) : undefined;
  };
  for (let k = 0; k < 2; k++) {
    const sample = knownSample();
    if (!sample) {
      tally.open(`pair ${k}: no point close by without a switch and with a finite derivative`);
      continue;
    }
    const { x, v, truth } = sample;
    const u = draws.signed(outputs.size);
    const [got, bar] = [jvp!(x, v), vjp!(x, u)];
    // The last term is what steps of 1e-20 leave in 64 digits.
    const [y, spread] = [value(x), movesOf({ ...subject, point: x }, v)];
    const allowed = spread.map((s, r) => s + 1e-36 + 1e-30 * Math.abs(y[r]!));
    truth.forEach((expected, r) => {
      const where = { what: `${outputs.describe(r)} of J v, pair ${k}`, estimate: allowed[r]! };
      tally.compare(where, got[r]!, expected, allowed[r]!);
    });
    const estimate = absDot(u, allowed) + 2 ** -50 * absDot(bar, v);
    tally.compare(
      { what: `⟨Jᵀ u, v⟩, pair ${k}`, estimate },
      dot(bar, v),
      dot(u, truth),
      2 * estimate,
    );
  }
};
