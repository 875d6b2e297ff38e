/** The command's side of the lecture: what it prints and writes, and its exit codes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cotangent, startCotangent, succeed, temporaryFolder } from "./command.ts";
import { expectRefusal } from "./refusal.ts";

// The real objectives, unless a test asks for the wrong one.
const wrong = vi.hoisted(() => ({ explicit: false }));
vi.mock("@cotangent/losses", async (original) => {
  const real = await original<typeof import("@cotangent/losses")>();
  const explicit: typeof real.explicit = (score, trueScore) => {
    const objective = real.explicit(score, trueScore);
    if (!wrong.explicit) return objective;
    return { ...objective, perSample: (...args) => objective.perSample(...args).mul(2) };
  };
  return { ...real, explicit };
});

const folder = temporaryFolder(afterAll);
const out = join(folder, "page");

test("prints each number with its prediction and verdict, and writes one page that asks for nothing else", async () => {
  const text = await succeed("lecture", "--only", "tweedie,small-noise", "--out", out);
  expect(text).toMatch(/E\[x \| x̃ = 1\]\s+0\.545222\s+0\.545222\s+exact\s+holds/);
  expect(text).toContain("2 of 2 claims hold");
  const html = readFileSync(join(out, "index.html"), "utf8");
  expect(html).not.toMatch(/<script|<link|src=|url\(|https?:\/\/(?!www\.w3\.org)/);
  for (const piece of ["Tweedie", "x̃ + σ²∇log q(x̃)", "0.545222", "<svg", "The code that ran"])
    expect(html).toContain(piece);
  expect(html).not.toContain('id="sampling"');
});

test("--json prints one value and nothing else", async () => {
  const text = await succeed("lecture", "--only", "zero-loss", "--out", out, "--json");
  const { kind, version, claims, page } = JSON.parse(text);
  expect([kind, version, page]).toEqual(["cotangent-lecture", 1, join(out, "index.html")]);
  expect(claims).toHaveLength(1);
  expect(claims[0]).toMatchObject({ name: "zero-loss", time: "14:35", agrees: true });
  expect(claims[0].rows[0]).toMatchObject({
    predicted: expect.closeTo(14.322, 2),
    standardError: 0,
  });
});

test("the same seed gives the same numbers, whatever else runs", async () => {
  const rows = async (...names: string[]) => {
    const text = await succeed("lecture", "--only", names.join(","), "--out", out, "--json");
    return JSON.parse(text).claims.find(({ name }: { name: string }) => name === "any-score").rows;
  };
  expect(await rows("any-score")).toEqual(await rows("any-score", "one-backprop"));
});

test("a claim that is off ends with 1, after the table and the page are written", async () => {
  wrong.explicit = true;
  const {
    code,
    out: text,
    notes,
  } = await cotangent("lecture", "--only", "small-noise", "--out", out);
  wrong.explicit = false;
  expect(code).toBe(1);
  expect(text).toMatch(/½E\(s − ∇log p\)², σ = 1\s+0\.125\s+0\.25\d*\s+exact\s+OFF/);
  expect(notes).toMatch(/0 of 1 claims hold.*off by more than four standard errors: small-noise/);
  expect(readFileSync(join(out, "index.html"), "utf8")).toContain('<tr class="off">');
});

test.each([
  [["--only", "astrology"], /"astrology" is none of small-noise, /],
  [["--seed", "-1"], /whole number/],
  [["--data", join(folder, "nowhere")], /there is no such folder/],
  [["claims"], /too many arguments/],
])("misuse ends with 2: %j", async (argv, sentence) => {
  const { code, notes, out: text } = await cotangent("lecture", ...argv, "--out", out);
  expect([code, text]).toEqual([2, ""]);
  expect(notes).toMatch(sentence);
});

test("a page that cannot be written ends with 1 before anything is measured", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  const { code, notes } = await cotangent("lecture", "--out", join(file, "page"));
  expect(code).toBe(1);
  expect(notes).toMatch(/cannot write/);
});

test("without --data the claim on real tables is skipped and says so; with a folder that lacks them it fails", async () => {
  const text = await succeed("lecture", "--only", "real-data,zero-loss", "--out", out);
  expect(text).toMatch(/real-data \[28:35\]\s+skipped/);
  expect(text).toContain("1 of 1 claims hold");
  expect(text).toContain(
    "real-data: skipped, --data names no folder with parkinsons.data and winequality-red.csv",
  );
  const { code, notes } = await cotangent(
    "lecture",
    "--only",
    "real-data",
    "--data",
    folder,
    "--out",
    out,
  );
  expect(code).toBe(1);
  expect(notes).toContain("there is no parkinsons.data");
});

test("Ctrl-C ends with 130 between steps and leaves no page", async () => {
  const to = join(folder, "interrupted");
  const child = startCotangent("lecture", "--only", "implicit", "--out", to);
  while (!child.notes().includes("implicit  25%")) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (child.process.exitCode !== null) break;
  }
  child.process.kill("SIGINT");
  const { code, out: text, notes } = await child.exited;
  expect([code, text], notes).toEqual([130, ""]);
  expect(notes).toContain("interrupted: no page was written");
  expect(existsSync(join(to, "index.html"))).toBe(false);
});

describe("places that the page cannot be written to are refused before any work", () => {
  const file = join(folder, "file.txt");
  const foreign = join(folder, "foreign");
  const taken = join(folder, "taken");
  beforeAll(() => {
    writeFileSync(file, "mine");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "index.html"), "<title>Mine</title>");
    mkdirSync(join(taken, "index.html"), { recursive: true });
  });
  const lecture = ["lecture", "--only", "zero-loss", "--out"];

  test.each<[string, string, number, RegExp]>([
    ["a file", file, 1, /^cotangent: cannot write .*: this is a file, and a folder was expected$/],
    [
      "below a file",
      join(file, "deep"),
      1,
      /file\.txt: this is a file, and a folder was expected$/,
    ],
    ["no name", "", 2, /^cotangent: --out: expected the name of a folder, got nothing$/],
    ["a folder with another page", foreign, 1, /index\.html: is another page than the lecture's/],
    ["a folder in the page's place", taken, 1, /index\.html: this is a folder, and a file was/],
  ])("%s", (_name, place, code, sentence) =>
    expectRefusal(folder, [...lecture, place], code, sentence),
  );

  test("a folder that takes no others, below which Node's recursive way never ends", async () => {
    if (!existsSync("/proc/self")) return;
    const sentence = /^cotangent: cannot write \/proc\/none.*: no folder can be made there/;
    await expectRefusal(folder, [...lecture, "/proc/none"], 1, sentence);
    await expectRefusal(folder, [...lecture, "/proc/none/deep"], 1, sentence);
  });

  test("--data that is a file, or nothing", async () => {
    const argv = ["lecture", "--out", out, "--data"];
    await expectRefusal(folder, [...argv, file], 2, /--data .*file\.txt: this is a file, and a/);
    await expectRefusal(folder, [...argv, join(folder, "no")], 2, /--data .*no: there is no such/);
  });

  test("a folder of other files keeps them, and a page of its own is replaced", async () => {
    const shared = join(folder, "shared");
    mkdirSync(shared);
    writeFileSync(join(shared, "note.txt"), "mine");
    await succeed(...lecture, shared);
    await succeed(...lecture, shared);
    expect(readdirSync(shared).toSorted()).toEqual(["index.html", "note.txt"]);
    expect(readFileSync(join(shared, "note.txt"), "utf8")).toBe("mine");
  });
});
