// An exception inside a transformed function leaves no trace of the transformation behind.
import {
  checkpoint,
  debug,
  grad,
  jvp,
  linearize,
  sin,
  type Tensor,
  tensor,
  trace,
  vjp,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const thrower = (x: Tensor): Tensor => {
  sin(x);
  throw new Error("thrown by the user");
};

const transformations: readonly (readonly [string, () => unknown])[] = [
  ["grad", () => grad(thrower)(1)],
  ["jvp", () => jvp(thrower, [1], [1])],
  ["vjp", () => vjp(thrower, [1])],
  ["linearize", () => linearize(thrower, [1])],
  ["vmap", () => vmap(thrower)(zeros([2]))],
  ["trace", () => trace(thrower)(tensor(1))],
  ["checkpoint", () => checkpoint(thrower)(tensor(1))],
  ["grad of grad", () => grad((x: Tensor) => grad(thrower)(x))(1)],
  ["vmap of grad", () => vmap((x: Tensor) => grad(thrower)(x))(zeros([2]))],
  ["debug", () => debug({ nans: true }, () => grad(thrower)(1))],
];

describe("the user's exception comes out of", () => {
  test.each(transformations)("%s, and the next gradient is right", (_name, run) => {
    expect(run).toThrow("thrown by the user");
    expect(sin(0.5).item()).toBe(Math.sin(0.5));
    expect(grad(sin)(0.5).item()).toBe(Math.cos(0.5));
    expect(vmap((x: Tensor) => grad(sin)(x))(tensor([0.5, 1])).toArray()).toEqual([
      Math.cos(0.5),
      Math.cos(1),
    ]);
  });
});

describe("after the exception its transformation is over: a tensor kept from it is refused", () => {
  const fail = (keep: (x: Tensor) => void) => (x: Tensor) => {
    keep(x);
    return thrower(x);
  };
  test.each([
    ["jvp", (f: (x: Tensor) => Tensor) => jvp(f, [1], [1])],
    ["vmap", (f: (x: Tensor) => Tensor) => vmap(f)(zeros([2]))],
    ["trace", (f: (x: Tensor) => Tensor) => trace(f)(tensor(1))],
  ] as const)("%s", (name, transform) => {
    let kept = tensor(0);
    const run = () =>
      transform(
        fail((x) => {
          kept = x;
        }),
      );
    expect(run).toThrow("thrown by the user");
    expect(() => sin(kept)).toThrow(`belongs to a ${name} that has ended`);
  });
});

describe("an exception caught inside the function is harmless", () => {
  test("an inner gradient fails, and the outer one goes on", () => {
    const f = (x: Tensor): Tensor => {
      try {
        grad(thrower)(x);
      } catch {
        // The inner derivative is lost; the outer one must not be.
      }
      return sin(x);
    };
    expect(grad(f)(0.5).item()).toBe(Math.cos(0.5));
  });
});

describe("a tensor kept from a transformation that has ended is refused by name", () => {
  const keep = (transform: (f: (x: Tensor) => Tensor) => unknown): Tensor => {
    let kept = tensor(0);
    transform((x) => {
      kept = x;
      return x;
    });
    return kept;
  };
  const kept: readonly (readonly [string, Tensor])[] = [
    ["jvp", keep((f) => jvp(f, [1], [1]))],
    ["vmap", keep((f) => vmap(f)(zeros([2])))],
    ["trace", keep((f) => trace(f)(tensor(1)))],
  ];

  test.each(kept)("%s", (name, x) => {
    const message = new RegExp(
      `^add: got a leaked tracer: f64\\[\\] belongs to a ${name} that has ended; expected a concrete tensor: return values`,
    );
    expect(() => x.add(1)).toThrow(message);
    expect(() => grad((y: Tensor) => y.add(x))(1)).toThrow(message);
  });
});
