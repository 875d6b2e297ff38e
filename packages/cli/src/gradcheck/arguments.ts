/**
 * The arguments at which a function is checked.
 *
 * Given shapes are filled with random normal numbers; otherwise the file says: `lossArgs` for `loss`, or
 * `args`, each a list or a function that returns one.
 */

import { random, Tensor, tree } from "@cotangent/autodiff";
import { InvalidArgumentError } from "commander";
import { misused } from "../failure.ts";
import { parseShapes } from "../graph/shapes.ts";

/** The list of arguments for the export of that name. */
export function argumentsFor(
  name: string,
  exports: { readonly [name: string]: unknown },
  shapes: string | undefined,
  seed: number,
): unknown[] {
  if (shapes !== undefined) return drawn(shapes, seed);
  const own = `${name}Args`;
  const given = exports[own] ?? exports.args;
  const list: unknown = typeof given === "function" ? given() : given;
  if (Array.isArray(list)) return list;
  if (list === undefined)
    throw misused(
      `no arguments to check ${name} at: give --shapes, as in "f64[3],f64[3,2]", or export ${own} or args, a list of them`,
    );
  throw misused(
    `${own in exports ? own : "args"}: expected the list of arguments, got ${typeof list}; write [x] for one`,
  );
}

/** What is wrong with too short a list, where a function takes more: a later parameter may be optional, which nothing tells. */
export function tooFew(
  name: string,
  found: unknown,
  exports: { readonly [name: string]: unknown },
  shapes: string | undefined,
  count: number,
): string | undefined {
  const takes = (typeof found === "function" ? found : (found as { value: () => 0 }).value).length;
  if (count >= takes) return undefined;
  const own = `${name}Args`;
  const origin = shapes === undefined ? (own in exports ? own : "args") : "--shapes";
  const remedy = origin === "args" ? `export ${own} or give --shapes` : "give one for each";
  return `${origin} has ${count} ${count === 1 ? "entry" : "entries"}, ${name} takes ${takes}; ${remedy}`;
}

/** Normal numbers for float leaves, zeros for the others. */
function drawn(shapes: string, seed: number): unknown[] {
  try {
    let leaf = 0;
    const fill = ({ shape, dtype, data }: Tensor): Tensor => {
      const isFloat = dtype === "f64" || dtype === "f32";
      const key = random.foldIn(random.key(seed), leaf++);
      return isFloat ? random.normal(key, shape, { dtype }) : new Tensor(shape, dtype, data);
    };
    return tree.map(fill, parseShapes(shapes)) as unknown as unknown[];
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw misused(`--shapes: ${error.message}`);
    throw error;
  }
}
