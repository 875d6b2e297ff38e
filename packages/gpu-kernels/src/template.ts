// The template of a kernel: named inputs with shapes, one output, and a body as source text.
//
//   one thread computes one element:  output[row][column] = body(row, column)   (or output[index])
//
// Bodies are text because gpu.js translates source: functions do not survive minifiers or coverage,
// text does. Sizes are written into the text, so every loop has a literal bound and needs no
// loopMaxIterations. `row`, `column` and `index` are written out where they stand: gpu.js makes every
// declared number an f32, and an f32 as an index is converted at every read (docs/design/gpu-products.md).
// Input and output names are types: a launch that misses one does not compile. Run by device/.
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
  const places =
    output.length === 1
      ? { index: "this.thread.x" }
      : { row: "this.thread.y", column: "this.thread.x" };
  const placed = Object.entries(places).reduce(
    (text, [word, place]) => write(text, word, place),
    body,
  );
  const source = `function (${Object.keys(inputs).join(", ")}) {\n${indent(placed)}\n}`;
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
/** Terms written out in one turn of a loop: measured, see docs/design/gpu-products.md. */
const turn = 8;

/**
 * Text that declares `name` = Σ_{variable < count} term.
 *
 * Long sums are sums of blocks of 64: n terms one after another would err by up to n units of
 * rounding (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.2). Loops count by
 * `++` alone, which makes gpu.js keep their counters as integers.
 */
export function sum(name: string, variable: string, count: number, term: string): string {
  const add = (into: string, index: string | number): string =>
    `${into} += ${write(term, variable, `(${index})`)};`;
  /** into += the terms from `offset` on; from: text before an index, "" or "… + ". */
  const terms = (into: string, from: string, offset: number, length: number): string => {
    const turns = Math.floor(length / turn);
    const rest = Array.from({ length: length - turns * turn }, (_, j) =>
      add(into, `${from}${offset + turns * turn + j}`),
    );
    const lines = Array.from({ length: turn }, (_, j) =>
      add(into, `${from}${name}_i * ${turn} + ${offset + j}`),
    );
    const loop = `for (let ${name}_i = 0; ${name}_i < ${turns}; ${name}_i++) {\n${indent(lines.join("\n"))}\n}`;
    return [...(turns > 0 ? [loop] : []), ...rest].join("\n");
  };
  if (count <= block) return `let ${name} = 0.0;\n${terms(name, "", 0, count)}`;
  const blocks = Math.floor(count / block);
  const rest = count - blocks * block;
  const whole = `let ${name} = 0.0;
for (let ${name}_block = 0; ${name}_block < ${blocks}; ${name}_block++) {
  let ${name}_part = 0.0;
${indent(terms(`${name}_part`, `${name}_block * ${block} + `, 0, block))}
  ${name} += ${name}_part;
}`;
  if (rest === 0) return whole;
  return `${whole}\nlet ${name}_rest = 0.0;\n${terms(`${name}_rest`, "", blocks * block, rest)}\n${name} += ${name}_rest;`;
}

/** The text with `place` for the name `word`. */
const write = (text: string, word: string, place: string): string =>
  text.replaceAll(new RegExp(`(?<![.\\w])${word}\\b`, "g"), place);

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
