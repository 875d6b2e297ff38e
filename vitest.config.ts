/** Tests run from source, across packages too; `--mode full` draws more random programs. */
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  ssr: { resolve: { conditions: ["@cotangent/source"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    allowOnly: false,
    env: mode === "full" ? { COTANGENT_FULL: "1" } : {},
  },
}));
