/** Where a checkpoint is kept: a file (checkpoint-file.ts), or whatever else holds named tensors. */
import type { NamedTensors } from "./safetensors.ts";

/** A place for one checkpoint. */
export interface CheckpointStore {
  /** Names it in errors: a path. */
  readonly name: string;
  /** What was written last; `undefined` when nothing was. Throws when it is damaged. */
  read(): NamedTensors | undefined;
  /** Replaces it, all or nothing. */
  write(checkpoint: NamedTensors): void;
}
