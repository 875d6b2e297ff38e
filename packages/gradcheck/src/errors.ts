// Errors of the checker, written as texts with values in them.

/** The checker was used wrongly, and the derivative is not at fault: what was expected, what came, what to do. */
export class Misuse extends TypeError {}

/** What is wrong with a derivative's trees, shapes or dtypes: the structure rung reports it. */
export class StructureError extends Error {}

type Texts = readonly [TemplateStringsArray, ...unknown[]];
const joined = ([raw, ...values]: Texts): string => String.raw({ raw }, ...values);
export const misuse = (...text: Texts): Misuse => new Misuse(joined(text));
export const unlike = (...text: Texts): StructureError => new StructureError(joined(text));

const name = (x: unknown): string => {
  if (typeof x === "string") return JSON.stringify(x);
  if (typeof x === "function") return "a function";
  return Object(x) === x
    ? ((x as object).constructor?.name ?? "an object")
    : typeof x === "bigint"
      ? `${x}n`
      : String(x);
};
/** What was given, in a word or two. */
export const shown = (x: unknown): string => (Array.isArray(x) ? `[${x.map(name)}]` : name(x));

/** What `act` gives; undefined where it throws. */
export function tried<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
