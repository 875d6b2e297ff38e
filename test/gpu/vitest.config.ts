/** The kernels in a browser: `npx vitest run --config test/gpu/vitest.config.ts`. */
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  ssr: { resolve: { conditions: ["@cotangent/source"] } },
  test: {
    include: ["test/gpu/**/*.gpu.ts"],
    allowOnly: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
});
