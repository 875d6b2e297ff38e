// The example page as a reader opens it, from its server in Chromium: it trains, and the field is right.
//
//   npm run build && npx vitest run --config test/gpu/vitest.config.ts test/gpu/example.gpu.ts
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../browser/chromium.ts";
import { importMap } from "../browser/import-map.ts";

const root = new URL("../..", import.meta.url).pathname;
let server: ChildProcess;
let address: string;
let browser: Browser;

beforeAll(async () => {
  server = spawn(process.execPath, ["scripts/example.mjs", "0"], { cwd: root });
  server.stderr?.pipe(process.stderr);
  const ended = once(server, "exit").then(() => {
    throw new Error("expected the server to print an address, it ended: see above");
  });
  const [printed] = await Promise.race([once(server.stdout!, "data"), ended]);
  address = /http:\S+/.exec(String(printed))![0];
  ended.catch(() => {}); // it ends with the tests
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.kill();
});

/** A page that has time: without a GPU, a frame may take a second. */
async function newPage(): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  return page;
}

/** The page with these settings, and what went wrong on it. */
async function open(query: string): Promise<{ page: Page; errors: string[]; strange: string[] }> {
  const page = await newPage();
  const [errors, strange]: [string[], string[]] = [[], []];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(data:|http:\/\/localhost:)/.test(request.url())) strange.push(request.url());
  });
  await page.goto(`${address}?${query}`);
  return { page, errors, strange };
}

interface Session {
  readonly step: number;
  /** Milliseconds of a step, of every call. */
  readonly times: readonly number[];
  readonly device: { readonly backend: string };
  /** Flat [n, 2] both. */
  readonly grid: Float32Array;
  readonly field: Float32Array;
}
declare const currentSession: () => Session | undefined;

/** Until a picture of a run is drawn. */
const ready = (page: Page) =>
  page.waitForFunction(() => document.querySelector("#status")?.textContent === "ready");
const stepOf = (page: Page) => page.evaluate(() => currentSession()?.step ?? 0);
const after = (page: Page, steps: number) =>
  page.waitForFunction((least) => (currentSession()?.step ?? 0) >= least, steps);

/** The score of eight Gaussians of variance 1/32 on a circle of radius √2, blurred by σ: the closed form. */
function trueScore(x: number, y: number, sigma: number): [number, number] {
  const variance = 1 / 32 + sigma ** 2;
  const parts = Array.from({ length: 8 }, (_, k) => {
    const angle = (k * Math.PI) / 4;
    const [dx, dy] = [Math.SQRT2 * Math.cos(angle) - x, Math.SQRT2 * Math.sin(angle) - y];
    return { dx, dy, density: Math.exp(-(dx ** 2 + dy ** 2) / (2 * variance)) };
  });
  const total = parts.reduce((sum, { density }) => sum + density, 0) * variance;
  const mean = (key: "dx" | "dy") =>
    parts.reduce((sum, part) => sum + part.density * part[key], 0) / total;
  return [mean("dx"), mean("dy")];
}

/** The density there, up to a factor: what weighs the Fisher divergence. */
function density(x: number, y: number, sigma: number): number {
  const variance = 1 / 32 + sigma ** 2;
  return Array.from({ length: 8 }, (_, k) => (k * Math.PI) / 4)
    .map((a) => (Math.SQRT2 * Math.cos(a) - x) ** 2 + (Math.SQRT2 * Math.sin(a) - y) ** 2)
    .reduce((sum, squared) => sum + Math.exp(-squared / (2 * variance)), 0);
}

describe.each(["webgl2", "webgpu"] as const)("the example page on %s", (backend) => {
  it("learns the score of eight Gaussians, and starts, pauses and resets", async () => {
    const sigma = 0.5;
    // Without walkers, which keep a processor busy that has to draw as well; the last test has them.
    const { page, errors, strange } = await open(
      `data=8gaussians&objective=denoising&sigma=${sigma}&backend=${backend}&width=32&batch=64&steps=10&walkers=off`,
    );
    await ready(page);
    expect(await page.textContent("#backend")).toBe(backend);
    expect(await stepOf(page)).toBe(0);

    await page.getByRole("button", { name: "Start" }).click();
    await after(page, 100);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Start" }).waitFor();
    const paused = await stepOf(page);
    // As long as three more calls of ten steps would have taken.
    const step = await page.evaluate(() => currentSession()!.times.at(-1)!);
    await page.waitForTimeout(30 * step + 100);
    expect(await stepOf(page), "steps while paused").toBe(paused);

    const { points, field } = await page.evaluate(() => {
      const { grid: at, field: values } = currentSession()!;
      return { points: Array.from(at), field: Array.from(values) };
    });
    // Fisher divergences, learned and of a score of zero, as sums over the grid weighted by the density.
    let [learned, ofZero] = [0, 0];
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]!, points[i + 1]!];
      const [tx, ty] = trueScore(x, y, sigma);
      const weight = density(x, y, sigma);
      learned += weight * ((field[i]! - tx) ** 2 + (field[i + 1]! - ty) ** 2);
      ofZero += weight * (tx ** 2 + ty ** 2);
    }
    expect(learned / ofZero, "of the divergence of a score of zero").toBeLessThan(1 / 3);
    expect(Number.parseFloat((await page.textContent("#distance"))!)).toBeLessThan(100 / 3);

    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForFunction(() => currentSession()?.step === 0);
    expect(errors).toEqual([]);
    expect(strange, "requests to other machines").toEqual([]);
    await page.close();
  });
});

it("the page names the packages' files as their manifests do", async () => {
  const { page } = await open("backend=cpu");
  const text = await page.locator('script[type="importmap"]').textContent();
  const { imports } = JSON.parse(text!) as { imports: Record<string, string> };
  const ours = Object.entries(imports).filter(([name]) => name.startsWith("@cotangent/"));
  expect(ours.length).toBeGreaterThan(3);
  for (const [name, file] of ours)
    expect(new URL(file, address).pathname, name).toBe(importMap().imports[name]);
  await page.close();
});

it("curves say that they are empty until there are steps, and the documents are served", async () => {
  const { page, errors } = await open("backend=cpu&width=16&batch=16&steps=2&walkers=off");
  await ready(page);
  const hint = page.locator("#loss-curve + .hint");
  expect(await hint.textContent()).toBe("drawn from the first steps on");
  expect(await page.locator("#hint").isVisible()).toBe(false);
  await page.getByRole("button", { name: "Start" }).click();
  await after(page, 2);
  await hint.waitFor({ state: "hidden" });
  const links = page.locator('footer a[href$=".md"]');
  expect(await links.count()).toBe(2);
  for (const link of await links.all()) {
    const url = new URL((await link.getAttribute("href"))!, address).href;
    expect((await page.request.get(url)).ok(), url).toBe(true);
  }
  expect(errors).toEqual([]);
  await page.close();
});

it("a setting in the address that does not exist is refused in words", async () => {
  const { page } = await open("data=bananas");
  await page.getByRole("alert").waitFor();
  expect(await page.textContent("#problem")).toContain("data=bananas; expected one of 8gaussians");
  await page.close();
});

it("where WebGPU is missing the page says why and what to do, and goes on with another backend", async () => {
  const page = await newPage();
  await page.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, "gpu", { get: () => undefined }),
  );
  await page.goto(`${address}?backend=webgpu`);
  await page.getByRole("alert").waitFor();
  expect(await page.textContent("#problem")).toMatch(
    /^webgpu does not answer: this browser gives the page no WebGPU .*It takes Chrome or Edge 113, .*\. Or choose “best available” as the backend\.$/,
  );
  expect(await page.getByRole("button", { name: "Start" }).isDisabled()).toBe(true);
  await page.getByLabel("Backend").selectOption("cpu");
  await ready(page);
  expect(await page.textContent("#backend")).toBe("cpu");
  expect(await page.getByRole("alert").isVisible()).toBe(false);
  await page.close();
});
