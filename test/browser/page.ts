/**
 * Runs functions of a page's module inside the browser and returns what they return.
 *
 *   const page = await openPage();
 *   const report = await page.run<typeof import("./pages/laws.ts")>("laws", "primitives");
 *
 * A page is a module in pages/ that exports functions of plain data. An error in it rejects with its
 * message; one that nobody waits for, in a worker say, is kept in `errors`.
 */
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { startServer, type TestServer } from "./server.ts";

/** What server.ts defines in the blank page. */
type Call = (path: string, name: string, inputs: readonly unknown[]) => Promise<never>;

export interface OpenPage {
  /** Errors that reached no one, in order. */
  readonly errors: readonly string[];
  /** Calls the function `name` of pages/`module`.ts with plain data. */
  run<M extends object>(
    module: string,
    name: keyof M & string,
    ...inputs: unknown[]
  ): Promise<M[keyof M & string] extends (...inputs: never[]) => infer R ? Awaited<R> : never>;
  close(): Promise<void>;
}

export interface PageOptions {
  /** Send the headers that allow shared memory (default true). */
  readonly isolated?: boolean;
  /** More flags for the browser. */
  readonly flags?: readonly string[];
}

/** An empty page of a browser of its own, with the import map. */
export async function openPage({
  isolated = true,
  flags = [],
}: PageOptions = {}): Promise<OpenPage> {
  const server = await startServer({ isolated });
  let browser: Browser | undefined;
  try {
    browser = await launchChromium(flags);
    return await open(server, browser);
  } catch (error) {
    await browser?.close();
    await server.close();
    throw error;
  }
}

async function open(server: TestServer, browser: Browser): Promise<OpenPage> {
  const page: Page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(`${server.origin}/blank.html`);
  return {
    errors,
    run: (module, name, ...inputs) =>
      page.evaluate(
        ([path, f, given]) => (globalThis as unknown as { call: Call }).call(path, f, given),
        [`/test/browser/pages/${module}.ts`, name, inputs] as const,
      ),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
