// Packages for Node that may be there or not: `webgpu` (dawn.ts) and `gl` (gl.ts), which gpu.js names.
//
// What was found is told apart, since each state has another way out: nothing, an empty package that an override
// of npm put there, or one that does not load. Names are variables, so that bundlers leave them alone.
import { reasonOf } from "../errors.ts";

/** Why a backend is missing, with a way out of its own. */
export class Absent extends Error {
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}

/** A package as it was found. */
export type OptionalPackage =
  | { readonly state: "loaded"; readonly module: object }
  | { readonly state: "missing" }
  /** `what`: its name, version and folder, as far as they are known. */
  | { readonly state: "empty"; readonly what: string }
  | { readonly state: "broken"; readonly what: string; readonly reason: string };

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** Imports a package; `isIt` says whether what it exports is that package's. Never throws. */
export async function loadPackage(
  name: string,
  isIt: (module: object) => boolean,
): Promise<OptionalPackage> {
  let reason: string;
  try {
    const module = (await import(name)) as object;
    if (isIt(module)) return { state: "loaded", module };
    reason = "";
  } catch (error) {
    reason = reasonOf(error);
  }
  const { folder, manifest } = await find(name, reason);
  if (
    reason !== "" &&
    folder === undefined &&
    /Cannot find (package|module)|Failed to/.test(reason)
  )
    return { state: "missing" };
  const what = `"${name}"${manifest.version ? ` ${manifest.version}` : ""}${folder ? ` in ${folder}` : ""}`;
  const isStandIn = manifest.name !== undefined && manifest.name !== name;
  return reason === "" || isStandIn
    ? { state: "empty", what: `"${name}"${folder ? ` in ${folder}` : ""}` }
    : { state: "broken", what, reason };
}

/** Imports the package in a folder, given from where the program runs. Throws if none is there or it does not load. */
export async function importFolder(folder: string): Promise<object> {
  const { createRequire } = await builtin<typeof import("node:module")>("node:module");
  const { pathToFileURL } = await builtin<typeof import("node:url")>("node:url");
  const { resolve } = await builtin<typeof import("node:path")>("node:path");
  const path = resolve(folder);
  return (await import(pathToFileURL(createRequire(`${path}/`).resolve(path)).href)) as object;
}

/** Where an error says that a package is, or else where a program in the working folder finds it. */
async function find(
  name: string,
  reason: string,
): Promise<{ readonly folder?: string; readonly manifest: Manifest }> {
  const { createRequire } = await builtin<typeof import("node:module")>("node:module");
  const { readFileSync } = await builtin<typeof import("node:fs")>("node:fs");
  const named = new RegExp(`[^'"(\\s]*[\\\\/]node_modules[\\\\/]${name}(?=[\\\\/'"])`).exec(reason);
  const around = createRequire(`${process.cwd()}/`).resolve.paths(name) ?? [];
  for (const folder of [...(named ?? []), ...around.map((parent) => `${parent}/${name}`)]) {
    try {
      const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest;
      return { folder, manifest };
    } catch {} // not there: the next one
  }
  return { manifest: {} };
}

const builtin = <T>(name: string): Promise<T> => import(name) as Promise<T>;
