/**
 * Serves the examples to a browser from this machine alone and prints their addresses, until it is
 * stopped: `npm run example`, which builds first. `node scripts/example.mjs 8080` takes that port if it is free.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { preview } from "vite";

const root = join(import.meta.dirname, "..");
const port = Number(process.argv[2] ?? 4173);
if (!existsSync(join(root, "packages/gpu-kernels/dist/index.js")))
  throw new Error("example: expected the packages to be built, found no dist; run npm run build");

// localhost is a secure context, which browsers ask for before they give WebGPU to a page.
const server = await preview({
  configFile: false,
  root,
  appType: "mpa",
  logLevel: "error",
  build: { outDir: "." },
  preview: { host: "localhost", port },
});
const address = server.httpServer.address();
if (address === null || typeof address === "string")
  throw new Error(`example: expected the server to listen on a port, got ${address}`);
console.log(`Learn a score: http://localhost:${address.port}/docs/examples/learn-a-score/`);
