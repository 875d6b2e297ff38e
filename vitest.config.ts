/** Tests run from source, across packages too; `--mode full` draws more random programs. */
import { configDefaults, defineConfig } from "vitest/config";
import { executedDocuments } from "./test/docs/plugin.ts";
import { summaryReporter } from "./test/harness/summary.ts";

const tests = ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"];
/** Tests that put something else in a module's place. */
const mocks = "**/*.mocks.test.ts";

export default defineConfig(({ mode }) => ({
  plugins: [executedDocuments(import.meta.dirname)],
  ssr: { resolve: { conditions: ["@cotangent/source"] } },
  test: {
    reporters: ["default", summaryReporter()],
    allowOnly: false,
    // By default one core is left free, which on two cores is half of them.
    maxWorkers: "100%",
    testTimeout: mode === "full" ? 900_000 : 60_000,
    env: mode === "full" ? { COTANGENT_FULL: "1" } : {},
    projects: [
      // Files that one worker runs share its modules: loading them for each took a fifth of the time.
      {
        extends: true,
        test: {
          name: "tests",
          include: tests,
          exclude: [...configDefaults.exclude, mocks],
          isolate: false,
        },
      },
      { extends: true, test: { name: "mocks", include: [mocks] } },
    ],
  },
}));
