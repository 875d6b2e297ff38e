import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenPage, openPage } from "./page.ts";
import * as here from "./pages/laws.ts";

type Laws = typeof import("./pages/laws.ts");
type Environment = typeof import("./pages/environment.ts");

let page: OpenPage;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page?.close());

test("the page is cross-origin isolated, so that threads can share memory", async () => {
  const environment = await page.run<Environment>("environment", "environment");
  expect(environment).toMatchObject({ crossOriginIsolated: true, sharedMemory: true });
});

// Engines differ in the last bits of Math.exp and its like, which primitives may magnify a little.
const rounding = 16 * 2 ** -52;

test("every primitive gives the same numbers in the browser as in Node, and its adjoint pairs", async () => {
  const inBrowser = await page.run<Laws>("laws", "primitives");
  const inNode = here.primitives();
  expect(inBrowser.map(({ name }) => name)).toEqual(inNode.map(({ name }) => name));
  for (const [i, { name, results, pairing }] of inBrowser.entries()) {
    const [actual, expected] = [results.flat(), inNode[i]!.results.flat()];
    expect(actual.length, name).toBe(expected.length);
    const different = actual.filter((value, k) => !isClose(value, expected[k]!));
    expect(different, `${name}, against Node's`).toEqual([]);
    expect(pairing, `${name}: ⟨w, Jv⟩ against ⟨Jᵀw, v⟩`).toBeLessThan(1e-14);
  }
});

function isClose(actual: number, expected: number): boolean {
  return (
    Object.is(actual, expected) || Math.abs(actual - expected) <= rounding * Math.abs(expected)
  );
}

test("nothing went wrong where nobody looked", () => {
  expect(page.errors).toEqual([]);
});

test("an error in a page reaches the test", async () => {
  await expect(page.run<{ absent(): void }>("laws", "absent")).rejects.toThrow(
    /exports no function absent/,
  );
});

test("without the headers a page is not isolated, and has no shared memory", async () => {
  const plain = await openPage({ isolated: false });
  const environment = await plain.run<Environment>("environment", "environment");
  await plain.close();
  expect(environment).toMatchObject({ crossOriginIsolated: false, sharedMemory: false });
});
