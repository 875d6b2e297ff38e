// checkPrimitive and checkAll: the rules of primitives, held to 64 digits.
//
//   checkAll().worst = max |got − truth| / (u·(Σ|xᵢ ∂ᵢt| + Σ|t|)) over all rules and points: at most 8
import type { Params, Primitive, PrimitiveFunction } from "@cotangent/autodiff/functions";
import { registry } from "@cotangent/autodiff/registry";
import { misuse, shown } from "../errors.ts";
import { checkOptions, isListOf, type OptionRules } from "../options.ts";
import type { Definition } from "../oracles/structure.ts";
import { checkCase } from "./check.ts";
import type { PrimitiveFailure, RuleName, Tally } from "./law.ts";
import { measuredTruth } from "./measured.ts";
import { casesOf } from "./points.ts";
import { type PrimitiveCase, type Truth, truthOf } from "./truth.ts";

/** What checking one primitive found. */
export interface PrimitiveReport {
  readonly primitive: string;
  readonly status: "pass" | "fail";
  /** How many numbers were compared. */
  readonly checked: number;
  /** The largest error among those that pass, in units of u·(Σ|xᵢ ∂ᵢt| + Σ|t|). */
  readonly worst: number;
  readonly failures: readonly PrimitiveFailure[];
}

export interface PrimitiveOptions {
  /** The points to check; the table's for a primitive of the engine. */
  readonly at?: readonly PrimitiveCase[];
  /** What a primitive of one's own computes, in BigNumbers; without it, its evaluation is taken for right. */
  readonly definition?: Definition;
  /** Which rules to check besides the evaluation; all unless given. */
  readonly rules?: readonly RuleName[];
  /** Stop at the first failure. */
  readonly failFast?: boolean;
}

const allRules: readonly RuleName[] = ["jvp", "transpose", "batch"];
const rules: OptionRules<PrimitiveOptions> = {
  at: [
    "a list of { inputs: [tensor(…)], params }",
    (x) => Array.isArray(x) && x.every((c) => Array.isArray(c?.inputs)),
  ],
  definition: ["a function of BigNumbers", (x) => typeof x === "function"],
  rules: [`a list of ${allRules.join(", ")}`, (x) => isListOf(x, [...allRules, "evaluation"])],
  failFast: ["true or false", (x) => typeof x === "boolean"],
};
const known = new Map<string, readonly (readonly [PrimitiveCase, Truth])[]>();

/** The engine's own points with their truths, which depend on no rule and are computed once. */
function tableOf(primitive: Primitive): readonly (readonly [PrimitiveCase, Truth])[] {
  const { name } = primitive;
  const table =
    known.get(name) ?? casesOf[name]?.().map((at) => [at, truthOf(primitive, at)] as const);
  if (!table)
    throw misuse`checkPrimitive: no points are known for "${name}"; expected one of ${Object.keys(casesOf).join(", ")}, or { at: [{ inputs: [tensor(…)], params }] }`;
  known.set(name, table);
  return table;
}

/**
 * Checks every rule of a primitive: evaluation, JVP, transpose, batching, derivatives to the order of each case.
 *
 * One of the engine is given by name, one's own as what `primitive(…)` made, with `at`: cases of inputs and
 * parameters. Throws when there is nothing to check.
 */
export function checkPrimitive<P = Params>(
  subject: string | PrimitiveFunction<P>,
  options: PrimitiveOptions = {},
): PrimitiveReport {
  checkOptions("checkPrimitive", options, rules);
  const { at, definition, failFast = false, rules: asked = allRules } = options;
  const primitive = typeof subject === "string" ? registry.get(subject) : subject?.primitive;
  if (!primitive)
    throw misuse`checkPrimitive: no primitive ${shown(subject)} in the engine; expected one of ${[...registry.keys()].join(", ")}, or what primitive(…) made`;
  const { name } = primitive;
  const truth = (point: PrimitiveCase) =>
    definition || registry.get(name) === primitive
      ? truthOf(primitive, point, definition && { [name]: definition })
      : measuredTruth(primitive, point);
  const cases = at?.map((point) => [point, truth(point)] as const) ?? tableOf(primitive);
  const tally: Tally = { checked: 0, worst: 0, failures: [] };
  const isEnough = () => failFast && tally.failures.length > 0;
  for (const [point, expected] of cases)
    if (!isEnough()) checkCase(tally, point, expected, isEnough, asked);
  return { primitive: name, status: tally.failures.length === 0 ? "pass" : "fail", ...tally };
}

export interface AllReport extends Pick<PrimitiveReport, "status" | "checked" | "worst"> {
  readonly seconds: number;
  readonly primitives: readonly PrimitiveReport[];
}

/** Checks every primitive of the engine; `only` some of them, by name. */
export function checkAll(options: { readonly only?: readonly string[] } = {}): AllReport {
  const names = [...registry.keys()];
  const expected = `a list of ${names.join(", ")}`;
  checkOptions("checkAll", options, { only: [expected, (x) => isListOf(x, names)] });
  const { only = names } = options;
  const started = performance.now();
  const primitives = only.map((name) => checkPrimitive(name));
  return {
    status: primitives.every(({ status }) => status === "pass") ? "pass" : "fail",
    checked: primitives.reduce((total, { checked }) => total + checked, 0),
    worst: Math.max(...primitives.map(({ worst }) => worst)),
    seconds: (performance.now() - started) / 1000,
    primitives,
  };
}
