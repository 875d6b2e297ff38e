// The ladder: the rungs from the cheapest to the dearest, each reported for itself.
import type { TensorsLike } from "@cotangent/autodiff/functions";
import { blameOf } from "./blame.ts";
import { Coordinates } from "./coordinates.ts";
import { Draws } from "./draws.ts";
import { engineSubject } from "./engine-subject.ts";
import { misuse, StructureError, shown, tried } from "./errors.ts";
import { explain } from "./explain.ts";
import { hintsOf } from "./hints.ts";
import { type Options, type Settings, settingsOf } from "./options.ts";
import { type Derivatives, isDerivatives, plainSubject } from "./plain-subject.ts";
import {
  type Failure,
  firstOf,
  type Report,
  type RungName,
  type RungResult,
  rungNames,
  type Status,
} from "./report.ts";
import { dotProductRung } from "./rungs/dot-product.ts";
import { f32Rung } from "./rungs/f32.ts";
import { nestingRung } from "./rungs/nesting.ts";
import { numericRung } from "./rungs/numeric.ts";
import { determinismRung, structureRung } from "./rungs/structure.ts";
import { symbolicRung } from "./rungs/symbolic.ts";
import { taylorRung } from "./rungs/taylor.ts";
import type { Subject } from "./subject.ts";
import { type Rung, Tally } from "./tally.ts";

const ladder: { readonly [name in RungName]: Rung } = {
  structure: structureRung,
  determinism: determinismRung,
  "dot product": dotProductRung,
  numeric: numericRung,
  symbolic: symbolicRung,
  taylor: taylorRung,
  nesting: nestingRung,
  f32: f32Rung,
};

/** Runs the rungs that are asked for; what a wrong rule throws is its failure. */
function climb(subject: Subject, settings: Settings): RungResult[] {
  const isEmpty = subject.inputs.size * subject.outputs.size === 0;
  const later: (() => void)[] = [];
  const tallies: Tally[] = [];
  for (const name of settings.rungs) {
    const tally = new Tally(name, settings.kinks);
    const draws = new Draws(settings.seed, rungNames.indexOf(name) + 1);
    const known = tallies.map((each) => each.result());
    if (known.some(({ rung, status }) => rung === "structure" && status !== "pass"))
      tally.skip("the structure rung did not pass");
    else if (isEmpty && !["structure", "determinism"].includes(name))
      tally.skip("there are no coordinates");
    else tally.attempt(() => ladder[name]({ subject, settings, draws, tally, later }));
    tallies.push(tally);
  }
  for (const look of later) look();
  return tallies.map((tally) => tally.result());
}

/** What can be checked: a function of the engine, or a value with its derivatives. */
export type Checkable<A extends readonly unknown[]> = ((...args: A) => unknown) | Derivatives<A>;

/**
 * Checks the derivatives of `f` at `args` against every oracle that applies. Never throws on a wrong derivative.
 *
 * `f`: a function of the engine on any tree of arguments, or `{ value, gradient }` or `{ value, jvp, vjp }` of
 * plain functions. Throws for options and arguments that make no sense.
 */
export function checkGrads<A extends readonly unknown[]>(
  f: Checkable<A>,
  args: NoInfer<TensorsLike<A>>,
  options: Options = {},
): Report {
  const subject = subjectOf(f as Checkable<never>, args, options?.name);
  const settings = settingsOf(options, subject.roundoff);
  const rungs = climb(subject, settings);
  const has = (status: Status) => rungs.some((rung) => rung.status === status);
  const status = has("fail")
    ? "fail"
    : has("inconclusive") || !has("pass")
      ? "inconclusive"
      : "pass";
  const failed = rungs.find((rung) => rung.status === "fail");
  const failures = rungs.flatMap((rung) => rung.failures);
  const blame = failed && tried(() => blameOf(subject, settings, rungs, climb));
  return {
    status,
    name: subject.name,
    rungs,
    seed: settings.seed,
    ...(blame && { blame }),
    hints: hintsOf(subject, failures),
    rerun: rerunOf(subject.name, options, firstOf(failures)),
  };
}

/** checkGrads that throws an error with the explained report unless everything passes. */
export function assertGrads<A extends readonly unknown[]>(
  f: Checkable<A>,
  args: NoInfer<TensorsLike<A>>,
  options: Options = {},
): void {
  const report = checkGrads(f, args, options);
  if (report.status !== "pass") throw new Error(explain(report));
}

function subjectOf(f: Checkable<never>, args: unknown, given?: string): Subject {
  if (!Array.isArray(args))
    throw misuse`checkGrads: expected the list of arguments, got ${shown(args)}; write [x] for one argument x`;
  if (typeof f !== "function" && !isDerivatives(f))
    throw misuse`checkGrads: expected a function, or { value, gradient } or { value, jvp, vjp }, got ${shown(f)}`;
  const name = given ?? ((typeof f === "function" && f.name) || "f");
  const checkLeaves = (role: string, { leaves }: Coordinates) => {
    if (leaves.length === 0)
      throw misuse`checkGrads: ${role} of ${name} have no float leaf, so there is nothing to differentiate`;
  };
  try {
    const inputs = new Coordinates(args, (i) => `[${i}]`, typeof f !== "function");
    checkLeaves("the arguments", inputs);
    const start = { name, inputs, point: inputs.read(args, "args") };
    const subject = typeof f === "function" ? engineSubject(f, start) : plainSubject(f, start);
    checkLeaves("the results", subject.outputs);
    return subject;
  } catch (error) {
    throw error instanceof StructureError ? misuse`checkGrads: ${name}: ${error.message}` : error;
  }
}

/** The call that shows the first failure alone. */
function rerunOf(name: string, options: Options, first?: Failure): string {
  const narrowed = {
    ...options,
    seed: options.seed ?? 0,
    ...(first && { rungs: [first.rung] }),
    ...(first?.rung === "numeric" && first.coordinate && { only: first.coordinate }),
  };
  return `checkGrads(${name}, args, ${JSON.stringify(narrowed)})`;
}
