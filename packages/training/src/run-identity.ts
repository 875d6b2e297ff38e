/**
 * What must be equal for a resumed run to continue the old one bit for bit, as strings for a checkpoint's
 * metadata: seed, objective, optimiser, batch size, moving average, validation, and the data by checksum.
 * Steps and patience may change: a run can be prolonged.
 */
import type { Tensor } from "@cotangent/autodiff";
import type { RunOptions } from "./fit-options.ts";

export type RunIdentity = { readonly [name: string]: string };

/** The identity of a run on training rows `train` and held-out rows `validation`. */
export function runIdentity(
  options: RunOptions,
  train: Tensor,
  validation: Tensor | undefined,
): RunIdentity {
  return {
    objective: options.objective.name,
    optimiser: options.optimiser.name,
    seed: String(options.seed),
    "batch size": String(options.batchSize),
    ema: String(options.ema ?? "none"),
    data: describeData(train),
    validation:
      validation === undefined
        ? "none"
        : `${describeData(validation)}, every ${options.validation?.every} steps`,
  };
}

/** The entries that differ, as phrases; rows only when no option does, since another seed splits them otherwise. */
export function differences(
  expected: RunIdentity,
  got: { readonly [name: string]: string },
): readonly string[] {
  const names = Object.keys(expected).filter((name) => got[name] !== expected[name]);
  const options = names.filter((name) => name !== "data" && name !== "validation");
  return (options.length > 0 ? options : names).map(
    (name) => `its ${name} is ${got[name] ?? "unknown"}, this one's ${expected[name]}`,
  );
}

function describeData({ dtype, shape, data }: Tensor): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${dtype}[${shape}] ${fnv1a(bytes).toString(16).padStart(8, "0")}`;
}

/** FNV-1a, 32 bits: tells data sets apart by accident, not by malice. Source: Fowler, Noll, Vo, 1991. */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
