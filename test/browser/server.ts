/**
 * Serves the repository to a browser as any static server would, with two additions: `/blank.html`, an
 * empty page with the import map and `call(path, name, inputs)`, and `.ts` files without their types, so that pages need no build.
 *
 * With COOP and COEP headers a page is cross-origin isolated and may share memory with workers.
 */
import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { transform } from "esbuild";
import { type PreviewServer, preview } from "vite";
import { importMap, root } from "./import-map.ts";

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface TestServer {
  /** http://localhost:PORT */
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts the server on a free port of this machine alone; without `isolated`, no headers are sent. */
export async function startServer({ isolated }: { isolated: boolean }): Promise<TestServer> {
  const headers: { [name: string]: string } = isolated ? isolation : {};
  const server = await preview({
    configFile: false,
    root,
    appType: "mpa",
    logLevel: "error",
    build: { outDir: "." },
    preview: { host: "127.0.0.1", port: 0, headers },
    plugins: [
      {
        name: "cotangent-pages",
        configurePreviewServer: (preview_) => addPages(preview_, headers),
      },
    ],
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string")
    throw new Error(`test/browser: expected the server to listen on a port, got ${address}`);
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

function addPages(server: PreviewServer, headers: { readonly [name: string]: string }): void {
  server.middlewares.use((request, response, next) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const respond = async (type: string, body: Promise<string> | string): Promise<void> => {
      const text = await body;
      response.writeHead(200, { ...headers, "Content-Type": type, "Cache-Control": "no-store" });
      response.end(text);
    };
    if (pathname === "/favicon.ico") response.writeHead(204).end();
    else if (pathname === "/blank.html") respond("text/html", blankPage()).catch(next);
    else if (pathname.endsWith(".ts")) respond("text/javascript", stripped(pathname)).catch(next);
    else next();
  });
}

function blankPage(): string {
  const map = JSON.stringify(importMap());
  return `<!doctype html><meta charset="utf-8">
<script type="importmap">${map}</script>
<script>${call}</script>`;
}

/** In the page: calls a function of a module. Text, since the test runner rewrites import() in code. */
const call = `
async function call(path, name, inputs) {
  const module = await import(path);
  if (!(name in module)) throw new Error(path + " exports no function " + name);
  return module[name](...inputs);
}`;

async function stripped(pathname: string): Promise<string> {
  const source = await readFile(join(root, normalize(pathname)), "utf8");
  const options = { loader: "ts", target: "es2023", sourcemap: "inline" } as const;
  return (await transform(source, { ...options, sourcefile: pathname })).code;
}
