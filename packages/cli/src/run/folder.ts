/**
 * A run folder: where its files are, and whether one may be made there.
 *
 *   config.json  train.csv  validation.csv  test.csv  standardiser.json  metrics.jsonl  checkpoint.safetensors
 *   refit-standardiser.json  refit-metrics.jsonl  refit-checkpoint.safetensors
 *
 * The second line holds the weights for use, trained again on the rows of all three parts.
 * The rows are kept as the network saw them, in data units, so that a run can be resumed and
 * evaluated wherever it is moved to.
 */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { failed, sentenceOf } from "../failure.ts";
import { makeFolder } from "../files.ts";

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
  readonly refitStandardiser: string;
  readonly refitMetrics: string;
  readonly refitCheckpoint: string;
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
    refitStandardiser: join(path, "refit-standardiser.json"),
    refitMetrics: join(path, "refit-metrics.jsonl"),
    refitCheckpoint: join(path, "refit-checkpoint.safetensors"),
  };
}

/** Whether a run is there. */
export function holdsRun(folder: RunFolder): boolean {
  return existsSync(folder.config);
}

/** What a process that was killed while it replaced a run left of it, as a hint; else nothing. */
export function asideHint({ path }: RunFolder): string {
  const place = resolve(path);
  const prefix = `${basename(place)}.old-`;
  const names = existsSync(dirname(place)) ? readdirSync(dirname(place)) : [];
  const aside = names.find((name) => name.startsWith(prefix));
  if (aside === undefined) return "";
  return `; files of an older run were moved to ${join(dirname(path), aside)}: move them back`;
}

/** Throws unless a new run may be written there; an existing one only with `overwrite`. */
export function requireVacant(folder: RunFolder, overwrite: boolean): void {
  const { path } = folder;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) throw failed(`${path}: this is a file, and a run is a folder`);
  if (holdsRun(folder)) {
    if (overwrite) return requireFiles(folder);
    throw failed(
      `${path}: holds a run already; continue it with --resume, replace it with --overwrite, ` +
        "or choose another --out",
    );
  }
  if (readdirSync(path).length > 0) {
    throw failed(`${path}: is neither empty nor a run; choose another --out${asideHint(folder)}`);
  }
}

/**
 * Puts a new run at `path`: `write` fills a folder beside it, which then takes its place.
 *
 * Files of an old run are moved aside and deleted last; whatever fails, such as a full disk, moves
 * them back, so that the folder holds the old run or the new one. Other files stay.
 */
export function replaceRun(path: string, write: (staged: RunFolder) => void): void {
  const place = resolve(path);
  const staging = join(dirname(place), `.${basename(place)}.${process.pid}.tmp`);
  try {
    removeLeftovers(place);
    makeFolder(staging);
    write(runFolder(staging));
    swapFiles(path, staging, `${place}.old-${process.pid}`);
  } catch (error) {
    if ("exitCode" in (error as Error)) throw error;
    throw failed(`cannot make the run folder ${path}: ${sentenceOf(error)}`, error);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Moves the old run's files to `aside` and the staged ones in; undoes both when a move fails. */
function swapFiles(path: string, staging: string, aside: string): void {
  makeFolder(dirname(aside));
  mkdirSync(aside);
  const made = makeFolder(path);
  const undo: (() => void)[] = [];
  const move = (from: string, to: string): void => {
    renameSync(from, to);
    undo.unshift(() => renameSync(to, from));
  };
  try {
    for (const file of filesOf(runFolder(path))) {
      if (existsSync(file)) move(file, join(aside, basename(file)));
    }
    // Settings leave first and come last: while files are missing, the folder holds no run.
    const isSettings = (name: string): number => Number(name === "config.json");
    const names = readdirSync(staging).toSorted((a, b) => isSettings(a) - isSettings(b));
    for (const name of names) move(join(staging, name), join(path, name));
  } catch (error) {
    for (const back of undo) back();
    rmSync(aside, { recursive: true, force: true });
    if (made !== undefined) rmSync(path, { recursive: true, force: true });
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

/** Throws when a folder stands where the run has a file: nothing of it was written by this command. */
function requireFiles(folder: RunFolder): void {
  const taken = filesOf(folder).find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isDirectory(),
  );
  if (taken === undefined) return;
  throw failed(`${taken}: this is a folder, and a run has a file there; move it elsewhere`);
}

function filesOf({ path: _, ...files }: RunFolder): string[] {
  return Object.values(files);
}

/** Removes folders that killed processes staged for `place`; what they had moved aside stays. */
function removeLeftovers(place: string): void {
  const parent = dirname(place);
  const prefix = `.${basename(place)}.`;
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
    const pid = Number(name.slice(prefix.length, -".tmp".length));
    if (Number.isSafeInteger(pid) && !isRunning(pid)) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
