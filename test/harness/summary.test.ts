import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

function runFixture(name: string): { lastLine: string | undefined; status: number | null } {
  const { stdout, status } = spawnSync(
    process.execPath,
    [vitest, "run", "--root", fixtures, "--mode", name],
    { encoding: "utf8" },
  );
  return { lastLine: stdout.split("\n").at(-2), status };
}

test("the last line counts tests, broken hooks and stray errors, and the run fails", () => {
  const expected = { lastLine: "2 passed, 3 failed, 2 skipped", status: 1 };
  expect(runFixture("mixed")).toEqual(expected);
});

test("a file that cannot be imported is a failure", () => {
  expect(runFixture("unreadable")).toEqual({
    lastLine: "0 passed, 1 failed, 0 skipped",
    status: 1,
  });
});

test("a run without any test fails", () => {
  expect(runFixture("absent")).toEqual({ lastLine: "0 passed, 0 failed, 0 skipped", status: 1 });
});

test("a run in which everything passes succeeds", () => {
  expect(runFixture("passing")).toEqual({ lastLine: "1 passed, 0 failed, 0 skipped", status: 0 });
});
