#!/usr/bin/env node
/** The `cotangent` command: runs the process's own arguments. */

import { runCommand } from "./program.ts";

// A reader that closes early, such as head, is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCommand(process.argv.slice(2));
