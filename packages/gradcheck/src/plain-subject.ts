// Functions and derivatives of any origin: hand-written code, or another library behind a few lines.
//
//   { value, gradient }   or   { value, jvp, vjp }   over numbers, lists and typed arrays, or trees of them
import { Coordinates } from "./coordinates.ts";
import { misuse, unlike } from "./errors.ts";
import type { Start, Subject } from "./subject.ts";
import { same, type Vector } from "./vector.ts";

/** A function with a derivative. Every method gets fresh copies of what it is given, and must not change them. */
export interface Derivatives<A extends readonly unknown[] = never> {
  value(...args: A): unknown;
  /** Of a function that returns one number: one part an argument, or the part itself for one argument. */
  gradient?(...args: A): unknown;
  /** ∂f(args) ẋ, in the tree of the value. */
  jvp?(args: A, tangents: A): unknown;
  /** ȳ ∂f(args): one part an argument, or the part itself for one argument. */
  vjp?(args: A, yBar: never): unknown;
}

export const isDerivatives = (f: unknown): f is Derivatives =>
  typeof f === "object" && f !== null && typeof (f as Derivatives).value === "function";

type Role = "value" | "gradient" | "jvp" | "vjp";

/** The subject of a value with its derivatives. */
export function plainSubject(f: Derivatives, { name, inputs, point }: Start): Subject {
  if (!f.gradient && !f.jvp && !f.vjp)
    throw misuse`checkGrads: ${name} has a value but no derivative; add gradient, jvp or vjp`;
  const strange = (["gradient", "jvp", "vjp"] as const).find(
    (role) => f[role] && typeof f[role] !== "function",
  );
  if (strange) throw misuse`checkGrads: ${name}: ${strange} is no function`;
  const args = inputs.build(point);
  const result = unawaited("value", f.value(...(args as never)));
  const outputs = new Coordinates([result], () => "output", true);
  if (f.gradient && outputs.size !== 1)
    throw misuse`checkGrads: ${name} has a gradient but returns ${outputs.size} numbers; expected one number, or jvp and vjp`;
  /** Calls a method with copies of what it is given, which it must leave as they are. */
  const call = (role: Role, ...given: readonly (readonly [Coordinates, Vector])[]): unknown => {
    const built = given.map(([layout, x]) => layout.build(x));
    const before = built.map((parts, i) => given[i]![0].read(parts, role));
    const [from, tangents] = built as never[];
    const second = role === "vjp" ? (tangents as unknown as never[])[0]! : tangents;
    const isSpread = role === "value" || role === "gradient";
    const y = isSpread ? f[role]!(...(from as never)) : f[role]!(from as never, second as never);
    if (built.some((parts, i) => !same(given[i]![0].read(parts, role), before[i]!)))
      throw unlike`${role} changes its argument; copy before writing`;
    return unawaited(role, y);
  };
  const bar = (role: Role, ...given: Parameters<typeof call>[1][]): Vector => {
    const parts = call(role, ...given);
    if (args.length !== 1) return inputs.read(parts as unknown[], role);
    try {
      return inputs.read([parts], role);
    } catch (error) {
      if (Array.isArray(parts) && parts.length === 1) return inputs.read(parts, role);
      throw error;
    }
  };
  // A library that computes in f32 may still take and give numbers.
  const near = outputs.read(
    [f.value(...(inputs.build(point.map((xi, i) => xi + 2 ** -21 * Math.sin(i + 1))) as never))],
    "value",
  );
  const isSingle =
    [...inputs.leaves, ...outputs.leaves].some(({ dtype }) => dtype === "f32") ||
    (near.every((y) => y === Math.fround(y)) && !near.every(Number.isInteger));
  const vjp: Subject["vjp"] = f.vjp
    ? (x, yBar) => bar("vjp", [inputs, x], [outputs, yBar])
    : (x, yBar) => bar("gradient", [inputs, x]).map((g) => g * yBar[0]!);
  return {
    name,
    inputs,
    outputs,
    point,
    roundoff: isSingle ? 2 ** -24 : 2 ** -53,
    value: (x) => outputs.read([call("value", [inputs, x])], "value"),
    ...(f.jvp && {
      jvp: (x: Vector, xDot: Vector) =>
        outputs.read([call("jvp", [inputs, x], [inputs, xDot])], "jvp"),
    }),
    ...((f.vjp || f.gradient) && { vjp }),
  };
}

function unawaited<T>(role: string, result: T): T {
  if (typeof (result as { then?: unknown } | null)?.then !== "function") return result;
  throw unlike`${role} returned a promise; expected the value: use the library's synchronous read (such as dataSync)`;
}
