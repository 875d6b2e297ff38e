import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenPage, openPage } from "./page.ts";

type Compiled = typeof import("./pages/compiled.ts");

let page: OpenPage;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page?.close());

test("every primitive compiles in the browser and equals the interpreter", async () => {
  expect(await page.run<Compiled>("compiled", "primitives")).toEqual([]);
});

test.each([1, 2])("a compiled step on %i threads equals the interpreter's", async (threads) => {
  expect(await page.run<Compiled>("compiled", "steps", threads)).toEqual([]);
});

test("two threads give what one gives, to the bit", async () => {
  expect(await page.run<Compiled>("compiled", "sameForAnyThreads", 2)).toEqual([]);
});

test("without shared memory two threads are refused, and the headers that are missing are named", async () => {
  const plain = await openPage({ isolated: false });
  try {
    expect(await plain.run<Compiled>("compiled", "steps", 1)).toEqual([]);
    await expect(plain.run<Compiled>("compiled", "steps", 2)).rejects.toThrow(
      /Cross-Origin-Opener-Policy: same-origin/,
    );
  } finally {
    await plain.close();
  }
});

test("nothing went wrong in a worker", () => {
  expect(page.errors).toEqual([]);
});
