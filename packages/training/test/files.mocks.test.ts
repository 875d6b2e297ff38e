import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "@cotangent/autodiff";
import { checkpointStep, fit } from "@cotangent/training";
import {
  checkpointFile,
  metricsFile,
  readSafetensors,
  writeFileAtomic,
  writeSafetensors,
} from "@cotangent/training/node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { run, values } from "./problems.ts";

/** How many bytes the disk still takes; the next write fails as a full disk does. */
let room = Number.POSITIVE_INFINITY;

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const writeSync = (file: number, bytes: Uint8Array | string, offset = 0) => {
    const part = Buffer.from(bytes as Uint8Array).subarray(offset);
    if (room <= 0) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
    // A disk that fills up takes a part of the last write first.
    const written = fs.writeSync(file, part.subarray(0, Math.min(room, part.length)));
    room -= written;
    return written;
  };
  return { ...fs, writeSync };
});

let folder = "";
let path = "";
beforeEach(() => {
  room = Number.POSITIVE_INFINITY;
  folder = mkdtempSync(join(tmpdir(), "files-"));
  path = join(folder, "checkpoint.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a safetensors file is read back from disk, and leaves no other file behind", () => {
  writeSafetensors(path, { a: tensor([1, 2]) }, { by: "test" });
  writeSafetensors(path, { a: tensor([3, 4]) }, { by: "test" });
  const { tensors, metadata } = readSafetensors(path);
  expect(tensors.a?.toArray()).toEqual([3, 4]);
  expect(metadata).toEqual({ by: "test" });
  expect(readdirSync(folder)).toEqual(["checkpoint.safetensors"]);
});

test("a full disk gives one sentence, leaves the old file, and removes its own", () => {
  writeFileAtomic(path, "old content");
  for (const left of [0, 1, 5]) {
    room = left;
    expect(() => writeFileAtomic(path, "new content")).toThrow(
      `write: ${path}: the disk is full; free some space and run it again`,
    );
    expect(readFileSync(path, "utf8")).toBe("old content");
    expect(readdirSync(folder)).toEqual(["checkpoint.safetensors"]);
  }
});

test("a missing folder and a folder in the file's place are named", () => {
  const missing = join(folder, "none", "x");
  expect(() => writeFileAtomic(missing, "")).toThrow(
    `write: ${missing}: there is no such file or folder`,
  );
  mkdirSync(path);
  expect(() => writeFileAtomic(path, "")).toThrow(`write: ${path}: expected a file, got a folder`);
  expect(() => readSafetensors(join(folder, "none"))).toThrow("there is no such file");
});

test("a disk that fills up during training stops it, and the last checkpoint stands and resumes", () => {
  const options = (resume: boolean) =>
    run({ checkpoint: { store: checkpointFile(path), every: 10 }, resume });
  const whole = fit(run());
  const fillsUp = options(false);
  const onStep = ({ step }: { step: number }) => {
    if (step === 25) room = 100;
  };
  expect(() => fit({ ...fillsUp, onStep })).toThrow(`write: ${path}: the disk is full`);
  expect(checkpointStep(readSafetensors(path))).toBe(20);
  expect(readdirSync(folder)).toEqual(["checkpoint.safetensors"]);
  room = Number.POSITIVE_INFINITY;
  const resumed = fit(options(true));
  expect(resumed.history).toHaveLength(40);
  expect(values(resumed.params)).toEqual(values(whole.params));
});

test("a checkpoint truncated anywhere is refused by its path and stays as it is", () => {
  const options = run({ checkpoint: { store: checkpointFile(path), every: 10 }, steps: 10 });
  fit(options);
  const whole = readFileSync(path);
  for (const length of [0, 5, 100, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length));
    expect(() => fit({ ...options, resume: true })).toThrow(
      new RegExp(`^safetensors: ${path}: .*truncated`),
    );
    expect(readFileSync(path)).toEqual(whole.subarray(0, length));
  }
});

test("temporary files of killed processes are removed when the checkpoint is read, those of living ones are not", () => {
  writeSafetensors(path, { step: tensor(3) });
  // Process ids are below 2²²; this one cannot be running.
  const dead = ".checkpoint.safetensors.999999999.tmp";
  const alive = `.checkpoint.safetensors.${process.ppid}.tmp`;
  for (const name of [dead, alive, ".other.999999999.tmp"]) writeFileSync(join(folder, name), "");
  checkpointFile(path).read();
  expect(readdirSync(folder).toSorted()).toEqual(
    [alive, ".other.999999999.tmp", "checkpoint.safetensors"].toSorted(),
  );
});

const lines = () => readFileSync(path, "utf8");

test("metrics are one JSON object a line, and nothing is touched before the first", () => {
  writeFileSync(path, "an older run\n");
  const unused = metricsFile(path);
  unused.close();
  expect(lines()).toBe("an older run\n");
  const file = metricsFile(path);
  file.write({ step: 1, loss: 0.5 });
  file.write({ step: 2, loss: Number.NaN });
  file.close();
  expect(lines()).toBe('{"step":1,"loss":0.5}\n{"step":2,"loss":null}\n');
});

test("a resumed run keeps the lines up to its checkpoint and drops later and torn ones", () => {
  writeFileSync(path, '{"step":9}\n{"step":10}\n{"step":11}\n{"step":1');
  const file = metricsFile(path, { keepThrough: 10 });
  file.write({ step: 11 });
  file.close();
  expect(lines()).toBe('{"step":9}\n{"step":10}\n{"step":11}\n');
  const none = metricsFile(join(folder, "new.jsonl"), { keepThrough: 10 });
  none.write({ step: 11 });
  none.close();
  expect(readFileSync(join(folder, "new.jsonl"), "utf8")).toBe('{"step":11}\n');
});

test("metrics on a full disk give one sentence", () => {
  const file = metricsFile(path);
  file.write({ step: 1 });
  room = 0;
  expect(() => file.write({ step: 2 })).toThrow(`write: ${path}: the disk is full`);
  file.close();
});
