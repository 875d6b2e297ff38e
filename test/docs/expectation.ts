/**
 * Compares what a document says a value prints as with the value.
 *
 * The value becomes tokens; the text has to spell the same tokens. Space between tokens is free,
 * a printed string is verbatim, and a number agrees when it rounds to the digits that the text prints.
 */

/** A piece of what is printed: a verbatim string, a word or sign in free space, or a number. */
type Token =
  | { readonly kind: "raw" | "sign"; readonly text: string }
  | { readonly kind: "number"; readonly value: number };

/** What one call of console.log prints, or one value. */
export type Printed = readonly unknown[];

const sign = (text: string): Token => ({ kind: "sign", text });
const lineBreak: Token = { kind: "raw", text: "\n" };

function tokensOf(value: unknown): Token[] {
  if (typeof value === "number") return [{ kind: "number", value }];
  if (typeof value === "string") return [sign(JSON.stringify(value))];
  if (typeof value === "bigint") return [sign(`${value}n`)];
  if (typeof value === "function") return [sign(`[function ${value.name || "anonymous"}]`)];
  if (value instanceof Error) return [sign(`${value.name}: ${value.message}`)];
  if (typeof value !== "object" || value === null) return [sign(String(value))];
  if ("toArray" in value && typeof value.toArray === "function") return tokensOf(value.toArray());
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
    return list("[", "]", Array.from(value as Iterable<unknown>, tokensOf));
  }
  if (Array.isArray(value)) return list("[", "]", value.map(tokensOf));
  const entries = Object.entries(value).map(([key, entry]) => [
    sign(/^[\w$]+$/.test(key) ? key : JSON.stringify(key)),
    sign(":"),
    ...tokensOf(entry),
  ]);
  return list("{", "}", entries);
}

function list(open: string, close: string, items: readonly Token[][]): Token[] {
  const separated = items.flatMap((item, i) => (i === 0 ? item : [sign(","), ...item]));
  return [sign(open), ...separated, sign(close)];
}

/** Tokens of everything printed: values side by side, calls of console.log below each other. */
function printedTokens(calls: readonly Printed[]): Token[] {
  return calls.flatMap((values, call) => [
    ...(call === 0 ? [] : [lineBreak]),
    ...values.flatMap((value, i): Token[] => {
      const own: Token[] =
        typeof value === "string" ? [{ kind: "raw", text: value }] : tokensOf(value);
      return i === 0 ? own : [sign(""), ...own];
    }),
  ]);
}

/** What a failing comparison shows: `[1, 2.5]`, `{ a: 1 }`, strings as they are. */
export function show(calls: readonly Printed[]): string {
  const one = (value: unknown) =>
    typeof value === "string"
      ? value
      : tokensOf(value)
          .map((token) => (token.kind === "number" ? String(token.value) : token.text))
          .join("")
          .replace(/([,:])(?=\S)/g, "$1 ");
  return calls.map((values) => values.map(one).join(" ")).join("\n");
}

/** Whether `text` is how a document may write what was printed; a single string also in quotes. */
export function spells(text: string, calls: readonly Printed[]): boolean {
  if (matches(text, printedTokens(calls))) return true;
  return calls.length === 1 && calls[0]!.length === 1 && matches(text, tokensOf(calls[0]![0]));
}

const numeral = /[-+]?(?:Infinity|NaN|(?:\d+(?:\.(\d*))?|\.(\d+))(?:e([-+]?\d+))?)/y;

function matches(text: string, tokens: readonly Token[]): boolean {
  let at = 0;
  for (const token of tokens) {
    if (token.kind !== "raw") while (/\s/.test(text.charAt(at))) at++;
    if (token.kind === "number") {
      numeral.lastIndex = at;
      const printed = numeral.exec(text);
      if (!printed || !agrees(printed, token.value)) return false;
      at = numeral.lastIndex;
    } else {
      if (!text.startsWith(token.text, at)) return false;
      at += token.text.length;
    }
  }
  return text.slice(at).trim() === "";
}

/** Half a unit of the last printed decimal; whole numbers are meant exactly, up to rounding noise. */
function agrees(printed: RegExpExecArray, value: number): boolean {
  const [text, fraction, bareFraction, exponent] = printed;
  const stated = Number(text);
  if (!Number.isFinite(stated) || !Number.isFinite(value)) return Object.is(stated, value);
  const decimals = (fraction ?? bareFraction ?? "").length;
  const isWhole = decimals === 0 && exponent === undefined;
  const tolerance = isWhole
    ? 1e-9 * Math.max(1, Math.abs(stated))
    : 0.5 * 10 ** (Number(exponent ?? 0) - decimals);
  return Math.abs(stated - value) <= tolerance * (1 + 1e-9);
}
