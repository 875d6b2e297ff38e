/** What runs in a browser: `npm run test:browser`, after a build. */
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { summaryReporter } from "../harness/summary.ts";

export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  ssr: { resolve: { conditions: ["@cotangent/source"] } },
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: ["test/browser/setup.ts"],
    reporters: ["default", summaryReporter()],
    allowOnly: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
