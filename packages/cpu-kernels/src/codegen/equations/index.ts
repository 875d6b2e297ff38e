// Equations that are no loops over elements: each with code of its own.
import type { EquationKernel } from "@cotangent/graph-passes";
import type { ModuleContext, Phase } from "../context.ts";
import { argsortCode } from "./argsort.ts";
import { gatherCode, scatterCode } from "./rows.ts";
import { argmaxCode, cumsumCode } from "./scan.ts";
import { threefryCode } from "./threefry.ts";

export { type IndexError, indexErrorOf } from "./rows.ts";

type Generate = (
  name: string,
  kernel: EquationKernel,
  module: ModuleContext,
  number: number,
) => Phase;

const generators: ReadonlyMap<string, Generate> = new Map([
  ["gather", gatherCode],
  ["scatterAdd", scatterCode],
  ["cumsum", cumsumCode],
  ["argmax", argmaxCode],
  ["argsort", argsortCode],
  ["threefry", threefryCode],
]);

/** The code of an equation; `number` is the kernel's place in the program, for reports. */
export function equationCode(
  name: string,
  kernel: EquationKernel,
  module: ModuleContext,
  number: number,
): Phase {
  const primitive = kernel.equation.primitive.name;
  const generate = generators.get(primitive);
  if (generate) return generate(name, kernel, module, number);
  throw new TypeError(
    `compile: no code for the primitive ${primitive}; expected one of the engine, or a lowering: compile(f, { lowerings: { ${primitive}: (inputs, params) => … } })`,
  );
}
