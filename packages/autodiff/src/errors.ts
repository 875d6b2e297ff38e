// Errors name the operation, what it expected, what it got and what to do.
//
//   throw fail`matmul: inner dimensions differ: ${x.shape} × ${w.shape}`

interface Spec {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** `f64[3,2]` */
export const formatSpec = ({ dtype, shape }: Spec): string => `${dtype}[${shape}]`;

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return "dtype" in value ? formatSpec(value as Spec) : (value.constructor?.name ?? "an object");
  return typeof value === "function" ? "a function" : String(value);
}

/** An error whose values are shown as shapes, specs or plain text. */
export function fail(text: TemplateStringsArray, ...values: readonly unknown[]): TypeError {
  return new TypeError(String.raw({ raw: text }, ...values.map(show)));
}
