// The machine, as far as it matters for a time: never its name.

import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Instruction sets that matter here, of those the processor reports. */
  readonly features: readonly string[];
  readonly date: string;
}

const interesting = ["avx2", "fma", "avx512f", "amx_tile"];

export function describeMachine(): Machine {
  const info = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(info)?.[1]?.split(" ") ?? []);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    features: interesting.filter((feature) => flags.has(feature)),
    date: new Date().toISOString().slice(0, 10),
  };
}
