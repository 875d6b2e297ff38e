/**
 * Runs one turbo task over every package, with turbo's telemetry off on every platform:
 * `node scripts/turbo.mjs build`. With --quiet nothing is printed unless it fails, and then on stderr.
 */
import { run } from "./run.mjs";

const [task, ...given] = process.argv.slice(2);
const options = given.filter((option) => option !== "--quiet");
if (task === undefined) throw new Error("turbo: expected a task name, such as build");
run("turbo", ["run", task, "--output-logs=errors-only", ...options], {
  env: { TURBO_TELEMETRY_DISABLED: "1" },
  capture: options.length < given.length,
});
