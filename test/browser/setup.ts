/** Before any test: is there a browser, and are the packages built? A sentence, not forty failures. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findChromium } from "./chromium.ts";
import { importMap, root } from "./import-map.ts";

export function setup(): void {
  findChromium();
  const engine = importMap().imports["@cotangent/autodiff"] ?? "";
  if (!existsSync(join(root, engine)))
    throw new Error(`test/browser: expected the built file ${engine}; run npm run build first`);
}
