/** --engine decides how steps run, not what comes out. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { succeed, temporaryFolder } from "./command.ts";

const folder = temporaryFolder(afterAll);

test("compare ends at the same divergences with both engines, to the rounding of single precision", async () => {
  const divergences = async (engine: string): Promise<number[]> => {
    const out = join(mkdtempSync(join(folder, "run-")), "report.html");
    const text = await succeed(
      ...["compare", "--steps", "20", "--rows", "500", "--hidden", "8", "--batch", "32"],
      ...["--engine", engine, "--out", out, "--json"],
    );
    const { runs, environment } = JSON.parse(text);
    expect(environment.engine).toBe(engine);
    return runs.map(({ fisher }: { fisher: { value: number } }) => fisher.value);
  };
  const [compiled, interpreted] = [await divergences("cpu"), await divergences("interpreter")];
  compiled.forEach((value, i) => {
    expect(Math.abs(value / interpreted[i]! - 1)).toBeLessThan(1e-4);
  });
});
