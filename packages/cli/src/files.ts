/** Files that a command reads and writes, with sentences for what can go wrong. */

import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeFileAtomic } from "@cotangent/training/node";
import { failed, misused, sentenceOf } from "./failure.ts";

/** The text of a file. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw failed(`cannot read ${sentenceOf(error)}`, error);
  }
}

/** Replaces a file all at once; a device or a pipe is written to as it is. */
export function writeOutput(path: string, text: string): void {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing === undefined || existing.isFile()) writeFileAtomic(path, text);
    else writeFileSync(path, text);
  } catch (error) {
    throw failed(`cannot write ${withPath(path, sentenceOf(error))}`, error);
  }
}

/** Fails before any work when nothing can be written there: no folder, a closed or a peculiar one, or the path is a folder. */
export function requireWritable(path: string, kind: "file" | "folder" = "file"): void {
  if (path === "") throw misused(`--out: expected the name of a ${kind}, got nothing`);
  let folder = kind === "folder" && existsSync(path) ? path : dirname(path);
  // A run's folder is made together with those above it.
  while (kind === "folder" && !existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw failed(`cannot write ${path}: its folder: ${sentenceOf(error)}`, error);
  }
  if (!isFolder(folder)) {
    const place = folder === path ? "" : `${folder}: `;
    throw failed(`cannot write ${path}: ${place}this is a file, and a folder was expected`);
  }
  if (kind === "file" && isFolder(path)) {
    throw failed(`cannot write ${path}: this is a folder, and a file was expected`);
  }
  if (kind === "file" && !existsSync(path)) requireRoom(folder, path);
}

/** Fails when the folder takes no new file, which its permissions do not tell: those of /proc allow it. */
function requireRoom(folder: string, path: string): void {
  const trial = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeFileSync(trial, "", { flag: "wx" });
    unlinkSync(trial);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no file can be made there" : sentenceOf(error);
    throw failed(`cannot write ${path}: ${why}; choose another place`, error);
  }
}

/** Fails before any work when the file cannot be written, or holds something else than this command wrote there before. */
export function requireOwnFile(path: string, mark: string, what: string): void {
  requireWritable(path);
  // A device or a pipe has nothing to lose, nor has an empty file.
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size === 0 || readText(path).includes(mark)) return;
  throw failed(`${path}: is another ${what}; move it, or choose another name`);
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Makes the folder that a command writes into, before any work. */
export function requireFolder(path: string): void {
  requireWritable(path, "folder");
  try {
    makeFolder(path);
  } catch (error) {
    throw failed(`cannot write ${withPath(path, sentenceOf(error))}`, error);
  }
}

/**
 * Makes a folder and those above it that are missing, one after the other; gives the first one made.
 *
 * Node's own recursive way never ends below a folder that takes no others, such as /proc.
 */
export function makeFolder(path: string): string | undefined {
  if (isFolder(path)) return undefined;
  const made = makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw failed(`${path}: no folder can be made there; choose another place`, error);
  }
  return made ?? path;
}

/** A sentence that names the path once. */
function withPath(path: string, sentence: string): string {
  return sentence.startsWith(path) ? sentence : `${path}: ${sentence}`;
}
