// Functions and derivatives of any origin: hand-written code, or another library behind a few lines.
//
//   { value, gradient }   or   { value, jvp, vjp }   over numbers, lists and typed arrays, or trees of them
import { Coordinates } from "./coordinates.ts";
import { Misuse, StructureError } from "./errors.ts";
import type { Subject } from "./subject.ts";
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

/** The subject of a value with its derivatives. */
export function plainSubject(name: string, f: Derivatives, args: readonly unknown[]): Subject {
  if (!f.gradient && !f.jvp && !f.vjp)
    throw new Misuse(`checkGrads: ${name} has a value but no derivative; add gradient, jvp or vjp`);
  const inputs = new Coordinates(args, (position) => `[${position}]`, true);
  const result = unawaited("value", f.value(...(inputs.build(inputs.read(args, "args")) as never)));
  const outputs = new Coordinates([result], () => "output", true);
  if (f.gradient && outputs.size !== 1)
    throw new Misuse(
      `checkGrads: ${name} has a gradient but returns ${outputs.size} numbers; expected one number, or jvp and vjp`,
    );
  const parts = (given: unknown, role: string): Vector => {
    if (args.length !== 1) return inputs.read(given as unknown[], role);
    try {
      return inputs.read([given], role);
    } catch (error) {
      if (Array.isArray(given) && given.length === 1) return inputs.read(given, role);
      throw error;
    }
  };
  const { value, gradient, jvp, vjp } = f;
  const reverse =
    (role: string, call: (args: never, yBar: never) => unknown) => (x: Vector, yBar: Vector) => {
      const [from, bar] = [inputs.build(x), outputs.build(yBar)];
      const given = [
        [inputs, from],
        [outputs, bar],
      ] as const;
      return parts(
        unharmed(role, given, () => unawaited(role, call(from as never, bar[0] as never))),
        role,
      );
    };
  const ofGradient =
    gradient &&
    ((x: Vector, yBar: Vector) => {
      const from = inputs.build(x);
      const call = () => unawaited("gradient", gradient.apply(f, from as never));
      return parts(unharmed("gradient", [[inputs, from]], call), "gradient").map(
        (g) => g * yBar[0]!,
      );
    });
  return {
    name,
    inputs,
    outputs,
    point: inputs.read(args, "args"),
    roundoff: [...inputs.leaves, ...outputs.leaves].some(({ dtype }) => dtype === "f32")
      ? 2 ** -24
      : 2 ** -53,
    value(x) {
      const from = inputs.build(x);
      const call = () => unawaited("value", value.apply(f, from as never));
      return outputs.read([unharmed("value", [[inputs, from]], call)], "value");
    },
    ...(jvp && {
      jvp(x: Vector, xDot: Vector) {
        const [from, dot] = [inputs.build(x), inputs.build(xDot)];
        const given = [
          [inputs, from],
          [inputs, dot],
        ] as const;
        const call = () => unawaited("jvp", jvp.call(f, from as never, dot as never));
        return outputs.read([unharmed("jvp", given, call)], "jvp");
      },
    }),
    ...(vjp ? { vjp: reverse("vjp", vjp.bind(f)) } : ofGradient && { vjp: ofGradient }),
  };
}

function unawaited<T>(role: string, result: T): T {
  if (typeof (result as { then?: unknown } | null)?.then !== "function") return result;
  throw new StructureError(
    `${role} returned a promise; expected the value: use the library's synchronous read (such as dataSync)`,
  );
}

/** `call(…)` on copies of x, which it must leave as they are. */
function unharmed<R>(
  role: string,
  given: readonly (readonly [Coordinates, readonly unknown[]])[],
  call: () => R,
): R {
  const before = given.map(([layout, parts]) => layout.read(parts, role));
  const result = call();
  given.forEach(([layout, parts], i) => {
    if (!same(layout.read(parts, role), before[i]!))
      throw new StructureError(`${role} changes its argument; copy before writing`);
  });
  return result;
}
