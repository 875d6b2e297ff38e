/**
 * The command as tests run it: in this process with captured streams, or as a child where a real
 * process matters. Both run the sources, so that no build has to come first.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { runCommand } from "../src/program.ts";

/** What one invocation printed, and its exit code. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly notes: string;
}

/** Runs the command in this process. */
export async function cotangent(...argv: readonly string[]): Promise<Outcome> {
  let [out, notes] = ["", ""];
  const line = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);
  const code = await runCommand(argv, {
    out: (text) => {
      out += line(text);
    },
    note: (text) => {
      notes += line(text);
    },
    live: false,
    progress: process.stderr,
    columns: 80,
  });
  return { code, out, notes };
}

/** Runs the command and gives its stdout; throws what it said unless it exits with 0. */
export async function succeed(...argv: readonly string[]): Promise<string> {
  const { code, out, notes } = await cotangent(...argv);
  if (code !== 0) throw new Error(`cotangent ${argv.join(" ")} exited with ${code}: ${notes}`);
  return out;
}

/** A child that runs the command with pipes for streams. */
export interface Child {
  readonly process: ChildProcess;
  /** What it wrote to stderr so far. */
  notes(): string;
  readonly exited: Promise<Outcome>;
}

/** What Node is given to run the command from its sources. */
export function childArguments(argv: readonly string[]): string[] {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const flags = ["--import", import.meta.resolve("tsx"), "--conditions=@cotangent/source"];
  return [...flags, main, ...argv];
}

/** Starts the command as a process of its own. */
export function startCotangent(...argv: readonly string[]): Child {
  const child = spawn(process.execPath, childArguments(argv), {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, notes] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    notes += text;
  });
  const exited = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, notes }));
  });
  return { process: child, notes: () => notes, exited };
}

/** A folder for one test or one file, removed after it. */
export function temporaryFolder(remove: (cleanUp: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "cotangent-cli-"));
  remove(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file under a folder by its relative path, with its bytes as text. */
export function contents(folder: string): { [path: string]: string } {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  return Object.fromEntries(
    files.map((path) => [relative(folder, path), readFileSync(path, "latin1")]),
  );
}
