/** The command's work with its live progress; what the command loads when it is needed. */

import type { Context } from "../context.ts";
import { type EngineName, engineOf } from "../engines.ts";
import { interrupted } from "../failure.ts";
import { duration } from "../report/numbers.ts";
import { startProgress } from "../terminal/progress.ts";
import { claims } from "./claims/index.ts";
import type { LectureResult } from "./result.ts";
import { LectureInterrupted, runLecture } from "./run.ts";

export { lecturePage } from "./page.ts";
export { summaryText, verdictText } from "./summary.ts";

/** What the command was asked. */
export interface Asked {
  readonly only: readonly string[];
  readonly data?: string;
  readonly engine: EngineName;
  readonly seed: number;
}

/** Runs the claims asked for, while lines show how far each is. */
export async function measureLecture(asked: Asked, context: Context): Promise<LectureResult> {
  const { io, interruption, argv } = context;
  const chosen = claims.filter(({ name }) => asked.only.includes(name));
  const progress = startProgress(io, Math.max(...chosen.map(({ name }) => name.length)));
  const lines = new Map<string, ReturnType<typeof progress.line>>();
  const lineOf = (name: string) => {
    const line = lines.get(name) ?? progress.line(name, 100);
    lines.set(name, line);
    return line;
  };
  try {
    const options = {
      claims: chosen,
      engine: engineOf(asked.engine),
      seed: asked.seed,
      data: asked.data,
      interruption,
      onProgress: ({ name }: { name: string }, share: number) => {
        if (share < 1) lineOf(name).update(Math.round(100 * share), "measuring");
      },
      onResult: ({ name, agrees, rows, skipped, seconds }: LectureResult["claims"][number]) => {
        const verdict = agrees ? "holds" : "OFF";
        const what = skipped === undefined ? `${verdict}, ${rows.length} numbers` : "skipped";
        lineOf(name).update(100, `${what}, ${duration(seconds)}`);
      },
    };
    return await runLecture(options, ["cotangent", ...argv].join(" "));
  } catch (error) {
    if (error instanceof LectureInterrupted) throw interrupted("interrupted: no page was written");
    throw error;
  } finally {
    progress.stop();
  }
}
