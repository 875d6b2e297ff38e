/**
 * The command line: global options, commands, and what is printed when something is wrong.
 *
 * Commands throw; here a sentence goes to stderr and a code comes back: 0 done, 1 failed, 2 asked
 * wrongly, 130 interrupted.
 */

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addBench } from "./bench/command.ts";
import { addCompare } from "./compare/command.ts";
import type { Context } from "./context.ts";
import { addDenoise } from "./denoise/command.ts";
import { addEvaluate } from "./evaluate/command.ts";
import { exitCodeOf, exitCodes, sentenceOf } from "./failure.ts";
import { addGradcheck } from "./gradcheck/command.ts";
import { addGraph } from "./graph/command.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { type Io, processIo } from "./io.ts";
import { addLecture } from "./lecture/command.ts";
import { addSample } from "./sample/command.ts";
import { addTrain } from "./train/command.ts";

/** Runs one command line, e.g. ["train", "moons", "--out", "run"]; resolves to the exit code. */
export async function runCommand(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const interruption = listenForInterrupts();
  try {
    // --debug is understood anywhere on the line.
    const words = argv.filter((word) => word !== "--debug");
    await buildProgram({ io, interruption, argv: words }).parseAsync(words, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (argv.includes("--debug") && error instanceof Error) io.note(error.stack ?? error.message);
    else io.note(`cotangent: ${sentenceOf(error)}`);
    return exitCodeOf(error);
  } finally {
    interruption.stop();
  }
}

/** The program with all its commands. */
function buildProgram(context: Context): Command {
  const { io } = context;
  const program = new Command("cotangent")
    .description("Score matching from the command line: compare, train, sample, denoise, evaluate.")
    .version(ownVersion(), "-V, --version")
    .option("--debug", "print the stack of an error")
    .exitOverride()
    .showHelpAfterError("(add --help for what the command takes)")
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.note(text),
      outputError: (text, write) => write(text.replace(/^error: /, "cotangent: ")),
    })
    .configureHelp({ helpWidth: Math.min(io.columns, 100) });
  for (const add of [
    addCompare,
    addTrain,
    addSample,
    addDenoise,
    addEvaluate,
    addLecture,
    addGradcheck,
    addGraph,
    addBench,
  ])
    add(program, context);
  return program;
}

function ownVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version: unknown }).version);
}
