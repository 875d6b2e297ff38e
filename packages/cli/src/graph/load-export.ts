/**
 * A function exported by a user's file: JavaScript or TypeScript, on any Node that runs the command.
 *
 * The file's code runs. Its imports of this project's packages get the command's own instances, since
 * tensors of two copies of the engine would not know each other.
 */

import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Tensor } from "@cotangent/autodiff";
import * as autodiff from "@cotangent/autodiff";
import * as functions from "@cotangent/autodiff/functions";
import * as cpuKernels from "@cotangent/cpu-kernels";
import * as losses from "@cotangent/losses";
import * as sampling from "@cotangent/sampling";
import * as training from "@cotangent/training";
import { createJiti } from "jiti";
import { failed, misused, sentenceOf } from "../failure.ts";

/** A user's function. Written as one of tensors; its arguments and its result may be trees of them. */
export type UserFunction = (...args: Tensor[]) => Tensor;

/** What a user's file exports, and the name that FILE#EXPORT asks for. */
export interface UserModule {
  readonly name: string;
  readonly exports: { readonly [name: string]: unknown };
}

/** Loads the file that FILE#EXPORT names; without #EXPORT, the name is that of the default export. */
export async function loadModule(reference: string): Promise<UserModule> {
  const mark = existsSync(reference) ? -1 : reference.lastIndexOf("#");
  const file = mark === -1 ? reference : reference.slice(0, mark);
  const name = mark === -1 ? "default" : reference.slice(mark + 1);
  if (!existsSync(file)) throw failed(`${file}: there is no such file`);
  if (statSync(file).isDirectory())
    throw failed(`${file}: this is a folder, and a file was expected`);
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: {
      "@cotangent/autodiff": autodiff,
      "@cotangent/autodiff/functions": functions,
      "@cotangent/cpu-kernels": cpuKernels,
      "@cotangent/gradcheck": await import("@cotangent/gradcheck"),
      "@cotangent/losses": losses,
      "@cotangent/sampling": sampling,
      "@cotangent/training": training,
    },
  });
  try {
    return { name, exports: await jiti.import(resolve(file)) };
  } catch (error) {
    throw failed(`${file}: cannot be loaded: ${reasonOf(sentenceOf(error), file)}`, error);
  }
}

/** Loads the function that FILE#EXPORT names. */
export async function loadExport(reference: string): Promise<UserFunction> {
  const { name, exports } = await loadModule(reference);
  const found = exports[name];
  if (typeof found === "function") return found as UserFunction;
  const functionNames = Object.keys(exports).filter((key) => typeof exports[key] === "function");
  const offer =
    functionNames.length === 0
      ? "it exports no functions"
      : `it exports ${functionNames.join(", ")}`;
  throw misused(
    found === undefined
      ? `${missingExport(reference, name)}; ${offer}`
      : `${reference}: expected a function, got ${typeof found}; ${offer}`,
  );
}

/** What to say of an export that is not there. */
export const missingExport = (reference: string, name: string): string =>
  `${reference}: there is no export "${name}"${name === "default" ? `, ask for one as in ${reference}#NAME` : ""}`;

/** The first line of what went wrong, with the place in the file where a parser knows it. */
function reasonOf(text: string, file: string): string {
  const [first = text] = text.split("\n");
  const [, line, column] = /^(\d+):(\d+)/.exec(text.split(`${resolve(file)}:`)[1] ?? "") ?? [];
  return line === undefined
    ? first
    : `${first.trim()}, at line ${line}, column ${Number(column) + 1}`;
}
