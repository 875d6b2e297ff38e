// Writes the body of one kernel, line by line: locals, reads of arrays, blocks.
//
// Every local is an f32 number: gpu.js makes one of whatever a declaration holds. Indices are locals too,
// whole numbers below 2²⁴, and an array is read as [row][column], so that no flat position has to fit.
import {
  type FunctionText,
  type KernelText,
  kernelText,
  literal,
  type Shape,
} from "../template.ts";
import type { Slot } from "./slot.ts";

/** A kernel with the arrays that it reads and writes. */
export interface Launching {
  readonly kernel: KernelText;
  /** By the names of the kernel's inputs. */
  readonly inputs: Readonly<Record<string, Slot>>;
  readonly output: Slot;
}

export class KernelWriter {
  #lines: string[] = [];
  readonly #names = new Map<Slot, string>();
  readonly #functions = new Set<FunctionText>();
  #locals = 0;

  /** The name of an array that the kernel reads. */
  name(slot: Slot): string {
    const known = this.#names.get(slot) ?? `x${this.#names.size}`;
    this.#names.set(slot, known);
    return known;
  }

  uses(functions: readonly FunctionText[]): void {
    for (const each of functions) this.#functions.add(each);
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** The name of a new local. */
  fresh(prefix = "v"): string {
    return `${prefix}${this.#locals++}`;
  }

  /** A new local of this value; a name or a literal stays what it is. */
  local(expression: string): string {
    if (/^(\w+|\d+\.\d+)$/.test(expression)) return expression;
    const name = this.fresh();
    this.line(`const ${name} = ${expression};`);
    return name;
  }

  /** Runs `write`; takes its lines back and returns false if it wrote any. */
  writesNothing(write: () => void): boolean {
    const before = this.#lines.length;
    write();
    const isNothing = this.#lines.length === before;
    this.#lines.length = before;
    return isNothing;
  }

  /** `head { … }` */
  block(head: string, write: () => void): void {
    const outside = this.#lines;
    this.#lines = [];
    write();
    const inside = this.#lines.map((text) => `  ${text.replaceAll("\n", "\n  ")}`);
    this.#lines = outside;
    this.line([`${head} {`, ...inside, "}"].join("\n"));
  }

  /** ⌊value/divisor⌋ for whole numbers |value| ≤ bound < 2²⁴. */
  quotient(value: string, divisor: number, bound: number): string {
    if (divisor === 1) return value;
    const [name, by] = [this.fresh("q"), literal(divisor)];
    // A shading language's division may err by 2.5 units: a half away from the next whole number it cannot matter.
    if (bound < 2 ** 20) {
      this.line(`const ${name} = Math.floor((${value} + 0.5) / ${by});`);
      return name;
    }
    this.line(`let ${name} = Math.floor(${value} / ${by});`);
    this.line(`const ${name}_rest = ${value} - ${name} * ${by};`);
    this.line(`if (${name}_rest < 0.0) { ${name} = ${name} - 1.0; }`);
    this.line(`if (${name}_rest > ${literal(divisor - 0.5)}) { ${name} = ${name} + 1.0; }`);
    return name;
  }

  /** The kernel, when its body returns the element of `output`. */
  finish(name: string, output: Slot): Launching {
    const entries = [...this.#names].map(([slot, key]) => [key, slot] as const);
    const shapes = entries.map(([key, { shape }]): [string, Shape] => [key, shape]);
    const kernel = kernelText({
      name,
      inputs: Object.fromEntries(shapes),
      output: output.shape,
      functions: [...this.#functions],
      body: this.#lines.join("\n"),
    });
    return { kernel, inputs: Object.fromEntries(entries), output };
  }
}
