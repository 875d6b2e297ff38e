/** What goes to stdout, to stderr and onto a terminal. */
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { runCommand } from "../src/program.ts";
import { startCotangent, succeed, temporaryFolder } from "./command.ts";

const folder = temporaryFolder(afterAll);
const tiny = ["--rows", "40", "--batch", "8", "--hidden", "4"];

test("on a terminal a bar for each part is drawn over and over, and the cursor is given back", async () => {
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  let [drawn, out] = ["", ""];
  screen.on("data", (text) => {
    drawn += text;
  });
  const io = {
    out: (text: string) => {
      out += text;
    },
    note: () => {},
    live: true,
    progress: screen as unknown as NodeJS.WriteStream,
    columns: 100,
  };
  const argv = ["train", "moons", ...tiny, "--steps", "40", "--out", join(folder, "live")];
  expect(await runCommand(argv, io)).toBe(0);
  expect(drawn).toMatch(/training .*100%.*loss /);
  expect(drawn).toMatch(/all rows .*100%.*loss /);
  expect(drawn.split("\n").length).toBeLessThan(10);
  expect(drawn.lastIndexOf("\u001b[?25h")).toBeGreaterThan(drawn.lastIndexOf("\u001b[?25l"));
  expect(out).toMatch(/^40 steps, then \d+ on all rows in /);
});

test("a process's stdout with --json is one JSON value, and its notes go to stderr", async () => {
  const run = join(folder, "json");
  const argv = ["train", "moons", ...tiny, "--steps", "8", "--out", run, "--json"];
  const { code, out, notes } = await startCotangent(...argv).exited;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ run, step: 8 });
  expect(out.trimEnd()).not.toContain("\n");
  expect(notes).toMatch(/^moons: 32 training, 4 validation, 4 test rows of 2 columns/);
  for (const control of ["\u001b", "\r"]) expect(notes).not.toContain(control);
});

test("a reader that closes early, such as head, is no error", async () => {
  const run = join(folder, "piped");
  await succeed("train", "moons", ...tiny, "--steps", "2", "--out", run);
  const child = startCotangent("sample", run, "--count", "20000", "--steps", "1");
  child.process.stdout?.once("data", () => child.process.stdout?.destroy());
  const { code, notes } = await child.exited;
  expect(code).toBe(0);
  expect(notes).not.toMatch(/EPIPE|^ +at /m);
});
