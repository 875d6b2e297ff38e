/** Tests run from source, across packages too; `--mode full` draws more random programs. */
import { defineConfig } from "vitest/config";
import { executedDocuments } from "./test/docs/plugin.ts";
import { summaryReporter } from "./test/harness/summary.ts";

export default defineConfig(({ mode }) => ({
  plugins: [executedDocuments(import.meta.dirname)],
  ssr: { resolve: { conditions: ["@cotangent/source"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", summaryReporter()],
    allowOnly: false,
    // By default one core is left free, which on two cores is half of them.
    maxWorkers: "100%",
    testTimeout: mode === "full" ? 900_000 : 60_000,
    env: mode === "full" ? { COTANGENT_FULL: "1" } : {},
  },
}));
