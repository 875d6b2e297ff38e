/** Type-checks the code of Markdown files as one reader's program a file. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./documents.ts";
import { readersModule } from "./instrument.ts";

/** One message, `file:line: …`, per error that the compiler finds in the code of these files. */
export function typeErrors(paths: readonly string[]): string[] {
  const folder = mkdtempSync(join(root, "test/docs/.types-"));
  try {
    for (const path of paths) {
      const file = relative(root, path);
      const target = join(folder, `${file}.ts`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, readersModule(readFileSync(path, "utf8"), file));
    }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const options = ["--project", folder, "--pretty", "false"];
    const { stdout } = spawnSync(process.execPath, [compiler, ...options], {
      cwd: folder,
      encoding: "utf8",
    });
    const found = stdout.matchAll(/^(?<file>\S+\.md)\.ts\((?<line>\d+),\d+\): error (?<text>.*)/gm);
    return Array.from(found, ({ groups }) => `${groups!.file}:${groups!.line}: ${groups!.text}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const configuration = {
  extends: join(root, "tsconfig.test.json"),
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  include: ["**/*.ts"],
};
