/** A checkpoint store in a safetensors file. */
import { existsSync } from "node:fs";
import { removeLeftovers, writeFileAtomic } from "./atomic-file.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { readSafetensors } from "./safetensors-file.ts";

/** Keeps one checkpoint at `path`, whose folder must exist; replaced atomically. */
export function checkpointFile(path: string): CheckpointStore {
  return {
    name: path,
    read() {
      if (!existsSync(path)) return undefined;
      const checkpoint = readSafetensors(path);
      removeLeftovers(path);
      return checkpoint;
    },
    write(checkpoint) {
      writeFileAtomic(path, encodeSafetensors(checkpoint));
    },
  };
}
