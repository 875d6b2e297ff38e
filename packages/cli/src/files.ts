/** Files that a command reads and writes, with sentences for what can go wrong. */

import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeFileAtomic } from "@cotangent/training/node";
import { failed, sentenceOf } from "./failure.ts";

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

/** Fails before any work when the file's folder is missing or closed to us, or the path is a folder. */
export function requireWritable(path: string, kind: "file" | "folder" = "file"): void {
  try {
    let folder = dirname(path);
    // A run's folder is made together with those above it.
    while (kind === "folder" && !existsSync(folder)) folder = dirname(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw failed(`cannot write ${path}: its folder: ${sentenceOf(error)}`, error);
  }
  if (kind === "file" && statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw failed(`cannot write ${path}: this is a folder, and a file was expected`);
  }
}

/** A sentence that names the path once. */
function withPath(path: string, sentence: string): string {
  return sentence.startsWith(path) ? sentence : `${path}: ${sentence}`;
}
