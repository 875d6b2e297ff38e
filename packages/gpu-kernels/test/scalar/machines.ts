// Machines that run kernel text in f32: one that rounds as IEEE 754 says, and the loosest that WGSL allows.
//
//   loosest: x/y errs by 2.5 ulp, √x by 4.5 (inverseSqrt by 2, then a division), denormal numbers are 0,
//            x·y + z may be rounded once or twice (W3C, WebGPU Shading Language, section 15.7)
//
// Kernel text is JavaScript: statements stay as they are, expressions are written anew as calls of a machine.
import { ulp } from "../../../cpu-kernels/test/math/support/ulp.ts";
import { generator } from "../../../cpu-kernels/test/math/support/values.ts";
import { type ScalarOperation, scalarText } from "../../src/scalar/index.ts";
import { functionSource } from "../../src/template.ts";

type Numbers = (x: number, y: number, z: number) => number;

/** The operations of kernel text that round. */
interface Machine {
  readonly add: Numbers;
  readonly mul: Numbers;
  /** x·y + z. */
  readonly mulAdd: Numbers;
  readonly div: Numbers;
  readonly sqrt: Numbers;
  /** A number as it is read. */
  readonly read: Numbers;
  /** The literal Infinity. */
  readonly infinity: number;
}

export const ieee: Machine = {
  add: (x, y) => Math.fround(x + y),
  mul: (x, y) => Math.fround(x * y),
  mulAdd: (x, y, z) => Math.fround(Math.fround(x * y) + z),
  div: (x, y) => Math.fround(x / y),
  sqrt: (x) => Math.fround(Math.sqrt(x)),
  read: (x) => x,
  infinity: Number.POSITIVE_INFINITY,
};

/** gpu.js writes Infinity as the largest f32: WGSL and GLSL have no literal for it. */
export function loosest(seed: number): Machine {
  const next = generator(seed);
  const read = (x: number) => (Math.abs(x) < 2 ** -126 ? x * 0 : x);
  const round = (x: number) => read(Math.fround(x));
  /** Within so many ulp of x, at one end, at the other, or between. */
  const within = (x: number, ulps: number) => {
    if (x === 0 || !Number.isFinite(Math.fround(x))) return round(x);
    const off = [-1, 1, next() / 2 ** 31 - 1][next() % 3]!;
    return round(x + off * ulps * ulp(x, "f32"));
  };
  const isOne = () => next() % 2 === 0;
  return {
    add: (x, y) => round(x + y),
    mul: (x, y) => round(x * y),
    mulAdd: (x, y, z) => round((isOne() ? x * y : round(x * y)) + z),
    // A reciprocal below the least normal number is 0.
    div: (x, y) => (Math.abs(y) > 2 ** 126 ? round(x * 0) : within(x / y, 2.5)),
    sqrt: (x) => within(Math.sqrt(x), 4.5),
    read,
    infinity: 2 ** 127 * (2 - 2 ** -23),
  };
}

/** An expression; the factors of a product, which may be fused into a sum. */
interface Expression {
  readonly text: string;
  readonly factors?: readonly [string, string];
}

const levels = [
  ["<", ">", "<=", ">=", "==="],
  ["+", "-"],
  ["*", "/"],
];
const negative = (text: string) => `(-${text})`;

function sum(left: Expression, right: Expression, isMinus: boolean): string {
  const [a, b] = [left.text, isMinus ? negative(right.text) : right.text];
  if (left.factors) return `M.mulAdd(${left.factors}, ${b})`;
  if (!right.factors) return `M.add(${a}, ${b})`;
  const [x, y] = right.factors;
  return `M.mulAdd(${isMinus ? negative(x) : x}, ${y}, ${a})`;
}

function combine(operator: string, left: Expression, right: Expression): Expression {
  const [a, b] = [left.text, right.text];
  if (operator === "*") return { text: `M.mul(${a}, ${b})`, factors: [a, b] };
  if (operator === "/") return { text: `M.div(${a}, ${b})` };
  if (operator === "+" || operator === "-") return { text: sum(left, right, operator === "-") };
  return { text: `(${a} ${operator} ${b})` };
}

/** Writes the expressions of kernel text anew. */
class Translator {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = source.match(/[\d.]+(?:e[-+]?\d+)?|[\w.]+|===|[<>]=|\+\+|\+=|\S/g) ?? [];
  }

  /** The next token, moving on. */
  #take(): string {
    return this.#tokens[this.#at++] ?? "";
  }

  #primary(): Expression {
    const token = this.#take();
    if (token === "-") return { text: negative(this.#primary().text) };
    if (token === "(") {
      const inner = this.#choice();
      this.#take();
      return inner;
    }
    if (/^[\d.]/.test(token)) return { text: `${Math.fround(Number(token))}` };
    if (token === "Infinity") return { text: "M.infinity" };
    if (this.#tokens[this.#at] !== "(") return { text: `M.read(${token})` };
    const inputs: string[] = [];
    do {
      this.#take();
      inputs.push(this.#choice().text);
    } while (this.#tokens[this.#at] === ",");
    this.#take();
    return { text: `${token.replace("Math.sqrt", "M.sqrt")}(${inputs.join(", ")})` };
  }

  #level(n: number): Expression {
    const operators = levels[n];
    if (!operators) return this.#primary();
    let left = this.#level(n + 1);
    while (operators.includes(this.#tokens[this.#at] ?? ""))
      left = combine(this.#take(), left, this.#level(n + 1));
    return left;
  }

  #choice(): Expression {
    const test = this.#level(0);
    if (this.#tokens[this.#at] !== "?") return test;
    this.#take();
    const yes = this.#choice().text;
    this.#take();
    return { text: `(${test.text} ? ${yes} : ${this.#choice().text})` };
  }

  /** Tokens up to the first `last`, as they are. */
  #verbatim(last: string): string {
    const start = this.#at;
    while (this.#take() !== last);
    return this.#tokens.slice(start, this.#at).join(" ");
  }

  statements(): string {
    const out: string[] = [];
    while (this.#at < this.#tokens.length) {
      const token = this.#take();
      out.push(token);
      if (token === "for" || token === "function") out.push(this.#verbatim(")"));
      else if (["=", "return", "if"].includes(token)) out.push(this.#choice().text);
    }
    return out.join(" ");
  }
}

/** The operation on a machine, from its kernel text. */
export function onMachine(machine: Machine, op: ScalarOperation, arity: number): Numbers {
  const names = ["a", "b", "c"].slice(0, arity);
  const { functions, expression } = scalarText(
    op,
    names.map(() => "f32"),
    "f32",
  );
  const helpers = functions.flatMap((f) => [...f.uses, f]).map(functionSource);
  const text = [...new Set(helpers), `return ${expression(...names)};`].join("\n");
  const translated = new Translator(text).statements();
  const run = new Function("M", ...names, translated) as (m: Machine, ...x: number[]) => number;
  return (...x) => Math.fround(run(machine, ...x));
}
