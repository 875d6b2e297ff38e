import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "resume-"));
const script = join(folder, "run.mjs");
const steps = 80;

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL("resumable-run.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@cotangent/source"],
    logLevel: "error",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

type Moment = "never" | "random" | "writing";

/** Trains in `name`; kills the process at a moment after its first step: at random, or once it writes. */
async function train(name: string, moment: Moment): Promise<"killed" | "finished"> {
  const run = join(folder, name);
  const child = spawn(process.execPath, [script, run, String(steps)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  const exited = once(child, "exit");
  if (moment !== "never") {
    await Promise.race([once(child.stdout, "data"), exited]);
    await wait(100 * Math.random());
    if (moment === "writing") await Promise.race([temporaryFile(run), exited]);
    child.kill("SIGKILL");
  }
  const [code, signal] = await exited;
  if (signal === "SIGKILL") return "killed";
  expect(complaint).toBe("");
  expect(code).toBe(0);
  return "finished";
}

/** Waits for the next temporary file to appear in a folder. */
async function temporaryFile(path: string): Promise<void> {
  const watcher = watch(path, { persistent: false });
  for await (const [, name] of on(watcher, "change")) {
    if (String(name).endsWith(".tmp")) break;
  }
  watcher.close();
}

const bytes = (name: string) => readFileSync(join(folder, name, "checkpoint.safetensors"));
const lines = (name: string) =>
  readFileSync(join(folder, name, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n");

test("a run killed at random moments and resumed ends with the bits of one that never stopped", async () => {
  mkdirSync(join(folder, "whole"));
  mkdirSync(join(folder, "killed"));
  await train("whole", "never");
  let kills = 0;
  let killedWhileWriting = 0;
  while (kills < 6 && (await train("killed", kills % 2 ? "writing" : "random")) === "killed") {
    kills += 1;
    const names = readdirSync(join(folder, "killed"));
    if (names.some((name) => name.endsWith(".tmp"))) killedWhileWriting += 1;
    expect(names).toContain("checkpoint.safetensors");
  }
  await train("killed", "never");
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(bytes("killed").equals(bytes("whole"))).toBe(true);
  expect(lines("killed")).toEqual(lines("whole"));
  expect(lines("whole")).toHaveLength(steps);
  // Resuming cleans up what the kills left in the middle of a write.
  expect(readdirSync(join(folder, "killed")).toSorted()).toEqual([
    "checkpoint.safetensors",
    "metrics.jsonl",
  ]);
  expect(killedWhileWriting).toBeGreaterThanOrEqual(1);
}, 40_000);
