// The template of a kernel: named inputs with shapes, one output, and a body as source text.
//
//   one thread computes one element:  output[row][column] = body(row, column)   (or output[index])
//
// Bodies are text because gpu.js translates source: functions do not survive minifiers or coverage,
// text does. Sizes are written into the text, so every loop has a literal bound and needs no
// loopMaxIterations. Input and output names are types: a launch that misses one does not compile.
// Called by every file of kernels/; run by device/.
import { formatShape } from "./errors.ts";

/** [length], or [rows, columns] in row-major order. */
export type Shape = readonly [length: number] | readonly [rows: number, columns: number];

/** A helper that bodies call: `function name(a, b) { … }` of numbers, returning a number. */
export interface FunctionText {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: string;
  /** Helpers that this one calls. */
  readonly uses: readonly FunctionText[];
}

/** A kernel as text. Input is a union of the inputs' names. */
export interface KernelText<Input extends string = string> {
  readonly name: string;
  readonly inputs: Readonly<Record<Input, Shape>>;
  readonly output: Shape;
  readonly functions: readonly FunctionText[];
  /** `function (x, weight) { … }` */
  readonly source: string;
}

/** What a kernel's author writes. In the body: `row` and `column`, or `index` for a vector. */
export interface KernelDefinition<Input extends string> {
  readonly name: string;
  readonly inputs: Readonly<Record<Input, Shape>>;
  readonly output: Shape;
  readonly functions?: readonly FunctionText[];
  readonly body: string;
}

/** Completes a kernel's text; throws if a dimension is not a whole number ≥ 1. */
export function kernelText<Input extends string>(
  definition: KernelDefinition<Input>,
): KernelText<Input> {
  const { name, inputs, output, functions = [], body } = definition;
  for (const [role, shape] of Object.entries<Shape>({ ...inputs, output }))
    if (!shape.every((d) => Number.isInteger(d) && d >= 1))
      throw new TypeError(
        `${name}: expected ${role} to have whole dimensions ≥ 1, got ${formatShape(shape)}; an empty batch has nothing to compute`,
      );
  const place =
    output.length === 1
      ? "const index = this.thread.x;"
      : "const row = this.thread.y;\n  const column = this.thread.x;";
  const source = `function (${Object.keys(inputs).join(", ")}) {\n  ${place}\n${indent(body)}\n}`;
  return { name, inputs, output, functions: withUses(functions), source };
}

/**
 * A helper function as text; throws if one of its `uses` calls helpers itself.
 *
 * GLSL wants a function before its callers. gpu.js 2.24 sorts them so only while what two callers
 * share calls nothing: a deeper helper would come out behind one of them on webgl2.
 */
export function functionText(
  name: string,
  parameters: readonly string[],
  body: string,
  uses: readonly FunctionText[] = [],
): FunctionText {
  const deep = uses.find((used) => used.uses.length > 0);
  if (deep)
    throw new TypeError(
      `${name}: expected helpers that call no others, got ${deep.name}; write what ${deep.name} calls into its text`,
    );
  return { name, parameters, body, uses };
}

/** Text for a thread's own element of an array of this shape. */
export const ownElement = (shape: Shape): string =>
  shape.length === 1 ? "[index]" : "[row][column]";

/** The helper as gpu.js takes it. */
export const functionSource = ({ name, parameters, body }: FunctionText): string =>
  `function ${name}(${parameters.join(", ")}) {\n${indent(body)}\n}`;

/** A number as text with a decimal point, so that no shading language takes it for an integer. */
export function literal(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Partial sums of this many terms keep a long sum's rounding error near √64 + √(n/64) units. */
const block = 64;

/**
 * Text that declares `name` = Σ_{variable < count} term.
 *
 * Long sums are sums of blocks of 64: n terms one after another would err by up to n units of
 * rounding (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.2).
 */
export function sum(name: string, variable: string, count: number, term: string): string {
  const loop = (from: string, length: number, into: string): string =>
    `for (let ${name}_i = 0; ${name}_i < ${length}; ${name}_i++) {
  const ${variable} = ${from}${name}_i;
  ${into} += ${term};
}`;
  if (count <= block) return `let ${name} = 0.0;\n${loop("", count, name)}`;
  const whole = Math.floor(count / block) * block;
  const rest = count - whole;
  return `let ${name} = 0.0;
for (let ${name}_block = 0; ${name}_block < ${whole}; ${name}_block += ${block}) {
  let ${name}_part = 0.0;
${indent(loop(`${name}_block + `, block, `${name}_part`))}
  ${name} += ${name}_part;
}${rest === 0 ? "" : `\nlet ${name}_rest = 0.0;\n${loop(`${whole} + `, rest, `${name}_rest`)}\n${name} += ${name}_rest;`}`;
}

function indent(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}

/** The helpers and all that they call, each once, callees first. */
function withUses(functions: readonly FunctionText[]): readonly FunctionText[] {
  const all = functions.flatMap((f) => [...f.uses, f]);
  return [...new Map(all.map((f) => [f.name, f])).values()];
}
