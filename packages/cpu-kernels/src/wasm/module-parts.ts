// What a module consists of, as its two printers read it.

import type { FunctionBuilder } from "./function.ts";
import type { FunctionRef } from "./nodes.ts";
import type { ByteWriter } from "./writer.ts";

/** The memory, in pages of 64 KiB. A shared one needs a maximum. */
export interface MemoryOptions {
  readonly pages: number;
  readonly maximum?: number;
  readonly shared?: boolean;
  readonly import?: { readonly module: string; readonly name: string };
  readonly export?: string;
}

export interface ModuleParts {
  readonly memory: MemoryOptions | undefined;
  readonly imports: { readonly ref: FunctionRef; readonly module: string; readonly name: string }[];
  readonly functions: FunctionRef[];
  /** The functions' bodies, encoded. */
  readonly code: ByteWriter;
  /** The functions as trees, for the text; null where nobody wants it. */
  readonly trees: FunctionBuilder[] | null;
  readonly exports: [name: string, ref: FunctionRef][];
  readonly data: { readonly offset: number; readonly bytes: Uint8Array }[];
}
