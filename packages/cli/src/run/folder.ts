/**
 * A run folder: where its files are, and whether one may be made there.
 *
 *   config.json  standardiser.json  train.csv  validation.csv  test.csv  metrics.jsonl  checkpoint.safetensors
 *
 * The rows are kept as the network saw them, in data units, so that a run can be resumed and
 * evaluated wherever it is moved to.
 */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { failed, sentenceOf } from "../failure.ts";

/** The paths of a run's files. */
export interface RunFolder {
  readonly path: string;
  readonly config: string;
  readonly standardiser: string;
  readonly train: string;
  readonly validation: string;
  readonly test: string;
  readonly metrics: string;
  readonly checkpoint: string;
}

/** The folder at a path, whether it exists or not. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    config: join(path, "config.json"),
    standardiser: join(path, "standardiser.json"),
    train: join(path, "train.csv"),
    validation: join(path, "validation.csv"),
    test: join(path, "test.csv"),
    metrics: join(path, "metrics.jsonl"),
    checkpoint: join(path, "checkpoint.safetensors"),
  };
}

/** Whether a run is there. */
export function holdsRun(folder: RunFolder): boolean {
  return existsSync(folder.config);
}

/** Throws unless a new run may be written there; an existing one only with `overwrite`. */
export function requireVacant(folder: RunFolder, overwrite: boolean): void {
  const { path } = folder;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) throw failed(`${path}: this is a file, and a run is a folder`);
  if (holdsRun(folder)) {
    if (overwrite) return;
    throw failed(
      `${path}: holds a run already; continue it with --resume, replace it with --overwrite, ` +
        "or choose another --out",
    );
  }
  if (readdirSync(path).length > 0) {
    throw failed(`${path}: is neither empty nor a run; choose another --out`);
  }
}

/**
 * Puts a new run at `path`: `write` fills a folder beside it, which then takes its place.
 *
 * Files of an old run are moved aside, and moved back if anything fails, such as a full disk: the
 * folder holds the old run or the new one. Other files stay.
 */
export function replaceRun(path: string, write: (staged: RunFolder) => void): void {
  const place = resolve(path);
  const staging = join(dirname(place), `.${basename(place)}.${process.pid}.tmp`);
  const aside = `${staging}.old`;
  try {
    mkdirSync(staging, { recursive: true });
    write(runFolder(staging));
    mkdirSync(path, { recursive: true });
    mkdirSync(aside, { recursive: true });
    const { path: _, ...files } = runFolder(path);
    for (const file of Object.values(files).filter(existsSync)) {
      renameSync(file, join(aside, basename(file)));
    }
    for (const name of readdirSync(staging)) renameSync(join(staging, name), join(path, name));
  } catch (error) {
    for (const name of existsSync(aside) ? readdirSync(aside) : []) {
      renameSync(join(aside, name), join(path, name));
    }
    if ("exitCode" in (error as Error)) throw error;
    throw failed(`cannot make the run folder ${path}: ${sentenceOf(error)}`, error);
  } finally {
    for (const folder of [staging, aside]) rmSync(folder, { recursive: true, force: true });
  }
}
