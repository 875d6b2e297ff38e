/** What every command is given beside its options. */

import type { Interruption } from "./interrupt.ts";
import type { Io } from "./io.ts";

/** One invocation: its streams and its interruption. */
export interface Context {
  readonly io: Io;
  readonly interruption: Interruption;
  /** The arguments as typed, for reports and run folders. */
  readonly argv: readonly string[];
}
