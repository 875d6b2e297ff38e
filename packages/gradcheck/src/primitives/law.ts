// The law that every number of a rule keeps, and where those that break it are noted.
//
//   |got − truth| ≤ 8·(u·(Σ|t| + Σ|xᵢ ∂ᵢt|) + η),   u = 2⁻⁵³, η = 2⁻¹⁰⁷⁴ the smallest double (f32: 2⁻²⁴, 2⁻¹⁴⁹)
import { evaluate, type Graph, Tensor } from "@cotangent/autodiff/functions";
import { directional, ofSome } from "../higher.ts";
import { exact } from "../oracles/big.ts";
import type { Expected, PrimitiveCase, Truth } from "./truth.ts";

export type RuleName = "evaluation" | "jvp" | "transpose" | "batch";

/** One number that a rule got wrong. */
export interface PrimitiveFailure {
  readonly rule: RuleName;
  readonly order: number;
  /** The inputs and the directions; what was thrown, where a rule threw. */
  readonly at: string;
  readonly got: number;
  readonly expected: number;
  /** The error in units of u·(Σ|t| + Σ|xᵢ ∂ᵢt|) + η. */
  readonly k: number;
}

/** What is found goes here. */
export interface Tally {
  checked: number;
  /** The largest k that passed. */
  worst: number;
  readonly failures: PrimitiveFailure[];
}

const largestFactor = 8;
const roundoffs = { f64: [2 ** -53, 2 ** -1074], f32: [2 ** -24, 2 ** -149] } as const;

/** The error in units of u·bound + η; infinite where one of both is NaN or infinite alone. */
function factorOf(got: number, { value, bound }: Expected, dtype: "f64" | "f32"): number {
  const want = value.toNumber();
  if (Object.is(got, want) || got === want) return 0;
  if (!Number.isFinite(got) || !value.isFinite()) return Number.POSITIVE_INFINITY;
  const [unit, tiniest] = roundoffs[dtype];
  const allowed = bound.times(unit).plus(exact(tiniest));
  return exact(got).minus(value).abs().div(allowed).toNumber();
}

export type Run = (...x: Tensor[]) => Tensor[];
export const flat = (tensors: readonly Tensor[]): number[] =>
  tensors.flatMap((y) => Array.from(y.data));

/** Numbers away from 0 and from each other, of both signs, that products round little. */
export const dense = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => {
    const size = 0.5 + (((i + seed) * 37) % 64) / 64;
    return ((i * 5 + seed * 3) % 7) % 2 === 0 ? size : -size;
  });

/** A flat vector in the shapes of some tensors. */
export function unflatten(v: readonly number[], like: readonly Tensor[]): Tensor[] {
  let next = 0;
  return like.map(({ shape, dtype, data }) => {
    const part = data.map(() => v[next++]!);
    return new Tensor(shape, dtype, part);
  });
}

/** The derivative along several directions, by as many nested jvps. */
export const along =
  (f: Run, directions: readonly (readonly number[])[]): Run =>
  (...x) =>
    directions.reduce((g, v) => directional(g, unflatten(v, x)), f)(...x);

/** A graph as a function of some of its inputs; the others are constants to every rule. */
export const runOf = (graph: Graph, inputs: readonly Tensor[], positions: readonly number[]): Run =>
  ofSome((all) => [...(evaluate(graph, all) as Tensor[])], inputs, positions);

/** One case under check. */
export class Site {
  readonly tally: Tally;
  readonly at: PrimitiveCase;
  readonly truth: Truth;

  constructor(tally: Tally, at: PrimitiveCase, truth: Truth) {
    this.tally = tally;
    this.at = at;
    this.truth = truth;
  }

  /** The primitive as a function of some of its inputs. */
  of = (positions: readonly number[]): Run => runOf(this.truth.graph, this.at.inputs, positions);

  /** Notes how the numbers of `run` compare with those expected; what it throws is a failure too. */
  compare(
    rule: RuleName,
    order: number,
    detail: string,
    run: () => readonly number[],
    truthful: () => readonly Expected[],
  ): void {
    const { tally, at, truth } = this;
    const fail = (got: number, expected: number, k: number, why = "") => {
      const inputs = at.inputs.map((x) => JSON.stringify(x.toArray()));
      const place = `(${inputs.join(", ")})${detail}${why}`;
      tally.failures.push({ rule, order, at: place, got, expected, k });
    };
    const isSingle = [...at.inputs, ...truth.graph.outputs].some(({ dtype }) => dtype === "f32");
    try {
      const want = truthful();
      tally.checked += want.length;
      const got = run();
      if (got.length !== want.length)
        throw new TypeError(`got ${got.length} numbers, expected ${want.length}`);
      want.forEach((expected, i) => {
        const k = factorOf(got[i]!, expected, isSingle ? "f32" : "f64");
        if (!(k <= largestFactor)) fail(got[i]!, expected.value.toNumber(), k);
        else tally.worst = Math.max(tally.worst, k);
      });
    } catch (error) {
      fail(Number.NaN, Number.NaN, Number.NaN, `: ${(error as Error).message}`);
    }
  }
}
