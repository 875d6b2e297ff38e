// The main job, `npm start`'s comparison of all objectives, on each of our engines: how long it takes, and
// how good the scores are at equal seconds.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Start } from "./results.ts";
import type { NodeRuntime } from "./runtimes.ts";

export type Engine = "cpu" | "interpreter";

const command = join(import.meta.dirname, "../../../packages/cli/dist/main.js");

/** What of `compare --json` is read here. */
interface Comparison {
  readonly seconds: number;
  readonly runs: readonly {
    readonly name: string;
    readonly curve: readonly { readonly seconds: number; readonly fisher: number }[];
  }[];
}

/** Runs the built command once. Throws, with what it said, when it fails. */
export function start({ major, program }: NodeRuntime, engine: Engine, quick: boolean): Start {
  const folder = mkdtempSync(join(tmpdir(), "cotangent-start-"));
  try {
    const report = ["--json", "--out", join(folder, "report.html")];
    const options = [command, "compare", "--engine", engine, ...report];
    const began = performance.now();
    const { status, stdout, stderr } = spawnSync(
      program,
      [...options, ...(quick ? ["--steps", "100"] : [])],
      { encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    const seconds = (performance.now() - began) / 1e3;
    if (status !== 0) throw new Error(stderr.trim().split("\n")[0] ?? `exit status ${status}`);
    const { runs } = JSON.parse(stdout) as Comparison;
    const curves = runs.map(({ name, curve }) => ({
      name,
      curve: curve.map((point) => ({ seconds: point.seconds, fisher: point.fisher })),
    }));
    return { engine, node: major, seconds, curves };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The divergence at a time, interpolated between evaluations; the last one after the end. */
export function fisherAt(curve: Start["curves"][number]["curve"], seconds: number): number {
  const after = curve.findIndex((point) => point.seconds >= seconds);
  if (after < 0) return curve.at(-1)?.fisher ?? Number.NaN;
  const [before, next] = [curve[Math.max(0, after - 1)]!, curve[after]!];
  const span = next.seconds - before.seconds;
  const share = span > 0 ? (seconds - before.seconds) / span : 1;
  return before.fisher + share * (next.fisher - before.fisher);
}
