import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** All test files in a folder, but those of what is installed there. */
const testsIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : testsIn(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });

test("who puts something else in a module's place is named *.mocks.test.ts, and shares no modules with others", () => {
  const files = [...testsIn(join(root, "packages")), ...testsIn(join(root, "test"))];
  const named = files.filter((file) => file.endsWith(".mocks.test.ts"));
  expect(named.length).toBeGreaterThan(0);
  const mocks = /\bvi\.(do)?[mM]ock\(/;
  expect(files.filter((file) => mocks.test(readFileSync(file, "utf8")))).toEqual(named);
});
