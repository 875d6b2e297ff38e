/**
 * What a claim of the lecture is: a statement, what it predicts, and the code that measures it.
 *
 * A claim's `measure` is a pure function of its context: the same key and objectives give the same
 * numbers. The objectives come from the context, so that tests can put wrong ones in their place.
 */

import type { Tensor } from "@cotangent/autodiff";
import type * as losses from "@cotangent/losses";
import type { Engine } from "@cotangent/training";

/** What every measurement is given. */
export interface LectureContext {
  readonly losses: typeof losses;
  readonly engine: Engine;
  /** The claim's own key: every random draw comes from it. */
  readonly key: Tensor;
  /** How many independent replicates a Monte Carlo estimate is the mean of. */
  readonly replicates: number;
  /** A folder with parkinsons.data and winequality-red.csv; without it their claim is skipped. */
  readonly data: string | undefined;
  /** Told how far a long measurement is, as a share; lets signals arrive. Throws when interrupted. */
  readonly tick: (share: number) => Promise<void>;
}

/** One number with its prediction. */
export interface Row {
  readonly what: string;
  readonly predicted: number;
  readonly measured: number;
  /** Of the mean over replicates; 0: an equality, which holds to `tolerance`. */
  readonly standardError: number;
  /** What rounding, or an approximation that the claim states, may add to 4 standard errors. */
  readonly tolerance: number;
  /** The prediction is a lower bound. */
  readonly atLeast?: boolean;
}

/** A drawing with its caption, as SVG and HTML text. */
export interface Figure {
  readonly svg: string;
  readonly caption: string;
}

/** What a measurement gives: its rows, and what its figures draw. */
export interface Measured<D> {
  readonly rows: readonly Row[];
  readonly data: D;
  /** Why nothing was measured. */
  readonly skipped?: string;
}

/** What a claim says of itself. */
export interface Statement {
  readonly name: string;
  /** Where in the lecture, [mm:ss]. */
  readonly time: string;
  readonly title: string;
  /** The claim in a sentence or two. */
  readonly statement: string;
  readonly formula: string;
}

/** A function whose text is shown. */
export interface NamedFunction {
  readonly name: string;
  toString(): string;
}

/** A claim as its author writes it; D is what its figures need. */
export interface ClaimDefinition<D> extends Statement {
  measure(context: LectureContext): Measured<D> | Promise<Measured<D>>;
  figures?(data: D): readonly Figure[];
  /** The functions whose text the page shows as the code that ran. */
  readonly code: readonly NamedFunction[];
}

/** What came of one claim. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
  readonly skipped?: string;
}

/** A claim that can be run; what its figures need stays inside. */
export interface Claim extends Statement {
  readonly code: string;
  run(context: LectureContext): Promise<Outcome>;
}

/** Closes a claim over the type of its data. */
export function defineClaim<D>(definition: ClaimDefinition<D>): Claim {
  const { name, time, title, statement, formula, code } = definition;
  return {
    name,
    time,
    title,
    statement,
    formula,
    get code() {
      return code.map(textOf).join("\n\n");
    },
    async run(context) {
      const { rows, data, skipped } = await definition.measure(context);
      if (skipped !== undefined) return { rows, figures: [], skipped };
      return { rows, figures: definition.figures?.(data) ?? [] };
    },
  };
}

/** A function's own text; an arrow function with its name. */
function textOf(f: NamedFunction): string {
  const text = String(f);
  return /^(async )?function/.test(text) ? text : `const ${f.name} = ${text};`;
}
