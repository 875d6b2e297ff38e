/**
 * The value of --shapes: one argument specification after another, separated by commas.
 *
 *   spec = dtype "[" sizes "]"  |  "{" name ":" spec, … "}"  |  "(" spec, … ")"
 *
 * "f64[3],f64[3,2]" is a vector and a matrix, "f64[]" a scalar, "{w:f64[3],b:f64[]}" a tree.
 */

import { type DType, type Tensor, type Tree, zeros } from "@cotangent/autodiff";
import { InvalidArgumentError } from "commander";

const dtypes: readonly string[] = ["f64", "f32", "i32", "u32", "bool"] satisfies DType[];

/** More would not fit into memory as arguments. */
const mostElements = 10 ** 8;

/** Stand-ins for the arguments, tensors or trees of them: zeros of the shapes and dtypes in the text. */
export function parseShapes(text: string): Tensor[] {
  const reader = new ShapeReader(text.replaceAll(/\s+/g, ""));
  const specs = reader.list("");
  reader.requireEnd();
  return specs as Tensor[];
}

/** Reads the text from left to right. */
class ShapeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Specifications up to `end`, or to the end of the text. */
  list(end: string): Tree[] {
    const specs = [this.#spec()];
    while (this.#skip(",")) specs.push(this.#spec());
    if (end !== "" && !this.#skip(end)) this.#refuse(`"${end}" or ","`);
    return specs;
  }

  requireEnd(): void {
    if (this.#at < this.#text.length) this.#refuse("a comma or the end");
  }

  #spec(): Tree {
    if (this.#skip("(")) return this.list(")");
    if (this.#skip("{")) return this.#record();
    const found = /^([a-z]\w*)\[((?:\d+(?:,\d+)*)?)\]/.exec(this.#text.slice(this.#at));
    const [whole = "", dtype = "", sizes = ""] = found ?? [];
    if (found === null || !dtypes.includes(dtype)) this.#refuse("a specification such as f64[3,2]");
    const shape = sizes === "" ? [] : sizes.split(",").map(Number);
    if (shape.reduce((size, length) => size * length, 1) > mostElements)
      this.#refuse(`at most ${mostElements} elements`);
    this.#at += whole.length;
    return zeros(shape, { dtype: dtype as DType });
  }

  #record(): Tree {
    const fields: { [name: string]: Tree } = {};
    do {
      const name = /^(\w+):/.exec(this.#text.slice(this.#at));
      if (name === null) this.#refuse("a field such as w:f64[3]");
      this.#at += name?.[0].length ?? 0;
      fields[name?.[1] ?? ""] = this.#spec();
    } while (this.#skip(","));
    if (!this.#skip("}")) this.#refuse('"}" or ","');
    return fields;
  }

  #skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #refuse(expected: string): never {
    const rest = this.#text.slice(this.#at);
    const got = rest === "" ? "the end" : `"${rest}"`;
    throw new InvalidArgumentError(
      `Expected ${expected} at character ${this.#at + 1}, got ${got}.`,
    );
  }
}
