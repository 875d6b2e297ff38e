/** Runs claims one after the other, each with a key of its own. */

import { random } from "@cotangent/autodiff";
import * as losses from "@cotangent/losses";
import type { Engine } from "@cotangent/training";
import { describeEnvironment } from "../environment.ts";
import type { Interruption } from "../interrupt.ts";
import type { Claim, LectureContext, Outcome } from "./claim.ts";
import { claims as allClaims } from "./claims/index.ts";
import type { ClaimResult, LectureResult } from "./result.ts";
import { agrees } from "./verdict.ts";

/** What a run needs; tests put other objectives in place of the real ones. */
export interface LectureOptions {
  readonly claims: readonly Claim[];
  readonly engine: Engine;
  readonly seed: number;
  readonly data?: string | undefined;
  readonly interruption?: Interruption;
  readonly onProgress?: (claim: Claim, share: number) => void;
  readonly onResult?: (result: ClaimResult) => void;
  readonly losses?: Partial<LectureContext["losses"]>;
  readonly replicates?: number;
}

/** Independent replicates of every Monte Carlo estimate. */
export const usualReplicates = 64;

/** Thrown by a claim's tick when the user interrupted. */
export class LectureInterrupted extends Error {}

/** Runs the claims; throws `LectureInterrupted` when it was interrupted. */
export async function runLecture(options: LectureOptions, command: string): Promise<LectureResult> {
  const started = performance.now();
  const results: ClaimResult[] = [];
  for (const claim of options.claims) {
    const result = await runClaim(claim, options);
    options.onResult?.(result);
    results.push(result);
  }
  return {
    kind: "cotangent-lecture",
    version: 1,
    command,
    environment: describeEnvironment(options.engine),
    seed: options.seed,
    claims: results,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Runs one claim. Its key depends on the seed and on its place in the lecture, not on what else runs. */
export async function runClaim(claim: Claim, options: LectureOptions): Promise<ClaimResult> {
  const { engine, seed, data, interruption, onProgress, replicates = usualReplicates } = options;
  const started = performance.now();
  const tick = async (share: number): Promise<void> => {
    onProgress?.(claim, share);
    await interruption?.breathe();
    if (interruption?.requested) throw new LectureInterrupted();
  };
  await tick(0);
  const outcome: Outcome = await claim.run({
    losses: { ...losses, ...options.losses },
    engine,
    key: random.foldIn(random.key(seed), allClaims.indexOf(claim)),
    replicates,
    data,
    tick,
  });
  await tick(1);
  const { name, time, title, statement, formula, code } = claim;
  const { rows, figures, skipped } = outcome;
  return {
    ...{ name, time, title, statement, formula, code, rows, figures },
    ...(skipped === undefined ? {} : { skipped }),
    agrees: rows.every((row) => agrees(row)),
    seconds: (performance.now() - started) / 1000,
  };
}
