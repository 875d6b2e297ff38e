/** Safetensors files: safetensors.ts over the file system, written atomically. */
import { readFileSync } from "node:fs";
import type { Tensor } from "@cotangent/autodiff";
import { writeFileAtomic } from "./atomic-file.ts";
import { fileError } from "./file-error.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensors } from "./safetensors.ts";

/** Reads a safetensors file. Throws one sentence naming `path` when it is missing, truncated or malformed. */
export function readSafetensors(path: string): NamedTensors {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError("readSafetensors", path, error);
  }
  return decodeSafetensors(bytes, path);
}

/** Writes `tensors` and `metadata` to `path`, all or nothing: a failure leaves what was there. */
export function writeSafetensors(
  path: string,
  tensors: { readonly [name: string]: Tensor },
  metadata: { readonly [key: string]: string } = {},
): void {
  writeFileAtomic(path, encodeSafetensors({ tensors, metadata }));
}
