/**
 * Failures as one clear sentence and an exit code: 1 when the work failed, 2 when it was asked wrongly.
 *
 * Commands throw; `main` alone prints. A sentence names file, line and column where there are any,
 * and says what to do.
 */

/** Exit codes of the command: done, failed, asked wrongly, interrupted. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An error that knows its exit code; its message is the sentence to print. */
export interface Failure extends Error {
  readonly exitCode: number;
}

/** The work failed: unreadable data, a damaged run, a full disk. */
export function failed(message: string, cause?: unknown): Failure {
  return Object.assign(new Error(message, { cause }), { exitCode: exitCodes.failed });
}

/** The command was asked wrongly: an option's value, options that exclude each other. */
export function misused(message: string): Failure {
  return Object.assign(new Error(message), { exitCode: exitCodes.usage });
}

/** Ctrl-C: the work ended in order; `message` says what is left. */
export function interrupted(message: string): Failure {
  return Object.assign(new Error(message), { exitCode: exitCodes.interrupted });
}

const systemErrors: { readonly [code: string]: string } = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EEXIST: "this is a file, and a folder was expected",
  EISDIR: "this is a folder, and a file was expected",
  ENOTDIR: "a part of the path is a file and not a folder",
  ENOSPC: "the disk is full; free some space and try again",
  EROFS: "the file system is read-only",
  EFBIG: "the file would exceed the allowed size",
};

/** Names of the library's own functions, which mean nothing to who reads a sentence on a terminal. */
const internalNames =
  /^(?:readTable|readSafetensors|safetensors|train|write|fit|resume|splitRows|dequantise|duplicateReport|gaussianLadder|gradientVariance|projectionEfficiency|effectiveSigma|openDevice|Standardiser\.\w+): /;

/** The sentence to print for whatever was thrown. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : systemErrors[code];
  if (known === undefined) return error.message.replace(internalNames, "");
  return path === undefined ? known : `${path}: ${known}`;
}

/** The failure of a training with its remedy in the command's own options; `where` begins it. */
export function trainingFailed(error: unknown, where: string, remedy: string): unknown {
  if (!(error instanceof Error) || "exitCode" in error) return error;
  const sentence = sentenceOf(error);
  const told = sentence.replace(/lower the learning rate, [^;]*/, remedy);
  return told === sentence ? error : failed(`${where}: ${told}`, error);
}

/** The exit code for whatever was thrown: 1 unless it says otherwise. */
export function exitCodeOf(error: unknown): number {
  const code = (error as Partial<Failure> | null)?.exitCode;
  return typeof code === "number" ? code : exitCodes.failed;
}
