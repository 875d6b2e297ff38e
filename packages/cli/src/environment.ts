/** What ran where: the Node version, the machine's kind, the engine. */

import { arch, availableParallelism, cpus, platform } from "node:os";
import type { Engine } from "@cotangent/training";
import type { Environment } from "./compare/result.ts";

/** Describes this process; nothing in it names the machine or its owner. */
export function describeEnvironment(engine: Engine): Environment {
  return {
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() || "unknown",
    engine: engine.name,
  };
}
