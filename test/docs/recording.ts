/**
 * What a running document tells the test about itself: which block it has reached, and for each
 * `// =>` whether the value agrees. Instrumented documents (instrument.ts) call it.
 */
import { type Printed, show, spells } from "./expectation.ts";

/** One `// =>`: where it stands, and the readings of its lines, of which one has to agree. */
export interface Expectation {
  readonly line: number;
  readonly code: string;
  readonly readings: readonly string[];
}

/** The state of one document's run. */
export interface Recording {
  /** The first line of the block that runs, or ran last. */
  block: number;
  /** The lines of the expectations that were compared. */
  readonly compared: number[];
  /** One message per disagreement, by the line of its expectation. */
  readonly failures: Map<number, string>;
  /** Called in place of console.log. */
  log(...values: unknown[]): void;
  /** Starts to listen to `log` for the statement in front of an expectation. */
  begin(): void;
  /** Compares what was logged since `begin`, or else the value, with the expectation. */
  compare(expectation: number, evaluate: () => unknown): Promise<void>;
}

const recordings = new Map<string, Recording>();

/** The recording of a document that is being run; `record` made it. */
export function recordingOf(file: string): Recording {
  const recording = recordings.get(file);
  if (!recording) throw new Error(`${file}: only the documentation tests can run this module`);
  return recording;
}

/** Makes the recording of `file`, whose instrumented code refers to `expectations` by position. */
export function record(file: string, expectations: readonly Expectation[]): Recording {
  let logged: Printed[] = [];
  const recording: Recording = {
    block: 0,
    compared: [],
    failures: new Map(),
    log: (...values) => void logged.push(values),
    begin() {
      logged = [];
    },
    async compare(position, evaluate) {
      const { line, code, readings } = expectations[position]!;
      const value = await outcome(evaluate);
      const printed = logged.length > 0 ? logged : [[value]];
      recording.compared.push(line);
      if (readings.some((reading) => spells(reading, printed))) return;
      const comparison = `  expected: ${readings[0]}\n  got:      ${show(printed)}`;
      recording.failures.set(line, `${file}:${line}: ${code}\n${comparison}`);
    },
  };
  recordings.set(file, recording);
  return recording;
}

/** The value, or `throws ` and the message of what was thrown. */
async function outcome(evaluate: () => unknown): Promise<unknown> {
  try {
    return await evaluate();
  } catch (error) {
    return `throws ${error instanceof Error ? error.message : String(error)}`;
  }
}
