/** @cotangent/training/node: tables, safetensors, checkpoints and metrics as files. */
export { writeFileAtomic } from "./atomic-file.ts";
export { checkpointFile } from "./checkpoint-file.ts";
export { type MetricsFile, metricsFile } from "./metrics-file.ts";
export { readTable } from "./read-table.ts";
export { readSafetensors, writeSafetensors } from "./safetensors-file.ts";
export { parseTable, requireTrainable, type Table, type TableOptions } from "./table.ts";
