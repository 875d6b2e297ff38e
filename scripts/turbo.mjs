/**
 * Runs one turbo task over every package, with turbo's telemetry off on every platform:
 * `node scripts/turbo.mjs build`.
 */
import { run } from "./run.mjs";

const [task, ...options] = process.argv.slice(2);
if (task === undefined) throw new Error("turbo: expected a task name, such as build");
run("turbo", ["run", task, "--output-logs=errors-only", ...options], {
  env: { TURBO_TELEMETRY_DISABLED: "1" },
});
