// A host of an implementation made for the test, in a process of its own, as the benchmark runs them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputsOf, writeArrays } from "../src/arrays.ts";
import type { Field } from "../src/field.ts";
import { firstCalls } from "../src/first-calls.ts";
import type { Implementation } from "../src/implementations.ts";
import { openPeer } from "../src/peers/cotangent-compiled.ts";
import { step } from "../src/tasks.ts";

const folder = mkdtempSync(join(tmpdir(), "cotangent-first-"));
const host = join(folder, "host.mjs");
const task = step("denoising", [2, 8, 4]);
const field = {
  inputs: () => writeArrays(join(folder, "inputs"), inputsOf(task)),
} as unknown as Field;

beforeAll(async () => {
  const entryPoints = [join(import.meta.dirname, "../src/host.ts")];
  await build({ entryPoints, bundle: true, platform: "node", format: "esm", outfile: host });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An implementation whose first run takes 20 ms. */
function implementation(name: string, rest: string): Implementation {
  const file = join(folder, `${name}.mjs`);
  const wait = "for (const from = Date.now(); Date.now() - from < 20; );";
  const prepared = `{ run() { ${wait} }, read: () => [] ${rest} }`;
  writeFileSync(
    file,
    `export const openPeer = () => ({ name: "${name}", prepare: () => (${prepared}) });`,
  );
  const command = { program: process.execPath, options: [host, file, "{}"] };
  return { id: "compiled", node: 20, command, twin: false, declines: () => undefined };
}

test("each first call is one of a fresh process, and comes with what it tells of itself", async () => {
  const implementations = [
    implementation("telling", ", building: () => process.pid"),
    implementation("silent", ""),
  ];
  const lines: string[] = [];
  const calls = await firstCalls(field, implementations, task, 2, (line) => lines.push(line));
  expect(lines).toEqual([]);
  const [telling, silent] = calls.map(({ building }) => building);
  expect(new Set(telling).size).toBe(2); // Two processes, each with a number of its own.
  expect(silent).toEqual([]);
  for (const { samples } of calls) {
    expect(samples).toHaveLength(2);
    for (const ms of samples) expect(ms).toBeGreaterThanOrEqual(19);
  }
});

test("the compiler tells what passed before its first run: all parts of it", async () => {
  const peer = await openPeer({ threads: 1 });
  const prepared = await peer.prepare(task, inputsOf(task));
  await prepared.run();
  const { firstCall } = (prepared.stats?.() ?? {}) as { firstCall: { [part: string]: number } };
  const parts = Object.values(firstCall);
  expect(parts).toHaveLength(4);
  expect(prepared.building?.()).toBeCloseTo(
    parts.reduce((sum, ms) => sum + ms, 0),
    9,
  );
});
