/**
 * Where a command writes: results to stdout, progress and notes to stderr.
 *
 * With `--json` stdout carries one JSON value and nothing else. Live drawing happens only when both
 * streams are terminals; otherwise progress is a few plain lines.
 */

/** The streams of one invocation. */
export interface Io {
  /** Results: a line or several, ended by a newline if they do not end with one. */
  out(text: string): void;
  /** Progress, notes and warnings. */
  note(text: string): void;
  /** Whether progress may be redrawn in place. */
  readonly live: boolean;
  /** The stream that live progress is drawn on. */
  readonly progress: NodeJS.WriteStream;
  /** The terminal's width in columns; 80 when there is none. */
  readonly columns: number;
}

/** The process's own streams. */
export function processIo(): Io {
  const { stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(withNewline(text)),
    note: (text) => void stderr.write(withNewline(text)),
    live: stdout.isTTY === true && stderr.isTTY === true && process.env.TERM !== "dumb",
    progress: stderr,
    columns: stdout.columns ?? 80,
  };
}

function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
