import { expect, test } from "vitest";
import { cotangent, startCotangent } from "./command.ts";

const commands = ["compare", "train", "sample", "denoise", "evaluate", "lecture", "graph", "bench"];

test.each(commands)(
  "%s --help describes its options, shows an example and exits with 0",
  async (name) => {
    const { code, out, notes } = await cotangent(name, "--help");
    expect({ code, notes }).toEqual({ code: 0, notes: "" });
    expect(out).toContain(`Usage: cotangent ${name}`);
    expect(out).toContain("--json");
    expect(out).toMatch(new RegExp(`^ {2}\\$ cotangent ${name} `, "m"));
  },
);

test("the general help lists every command", async () => {
  const { code, out } = await cotangent("--help");
  expect(code).toBe(0);
  for (const name of commands) expect(out).toMatch(new RegExp(`^ {2}${name} `, "m"));
});

test("--seed is an option of every command that draws", async () => {
  for (const name of commands.filter((name) => !["graph", "bench"].includes(name))) {
    expect((await cotangent(name, "--help")).out, name).toContain("--seed");
  }
});

test("--version prints the package's version alone", async () => {
  const { code, out } = await cotangent("--version");
  expect(code).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("a process given no command prints the help to stderr and exits with 2", async () => {
  const { code, out, notes } = await startCotangent().exited;
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(notes).toContain("Usage: cotangent");
});
