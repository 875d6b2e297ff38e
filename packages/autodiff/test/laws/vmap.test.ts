import { grad, mul, type Shape, slice, stack, sum, type Tensor, vmap } from "@cotangent/autodiff";
import { describe, test } from "vitest";
import { caseEntries } from "../cases.ts";
import { type Case, differentiable, isFloat } from "../support/case.ts";
import { expectClose, largest } from "../support/close.ts";
import { rolled, signed } from "../support/sample.ts";
import { nonEmptySubsets } from "../support/subsets.ts";

const size = 3;

/** Member k of a batch: other values that are valid wherever `x` is; member 0 is x. */
const member = (x: Tensor, k: number): Tensor =>
  isFloat(x) ? mul(x, 1 - k / 64) : rolled(x, x.dtype === "bool" ? k : 0);

/** Where the batch may lie: first, last, and first counted from the end. */
const placements: readonly ((shape: Shape) => number)[] = [
  () => 0,
  () => -1,
  (shape) => -(shape.length + 1),
  (shape) => Math.min(1, shape.length),
];

/** vmap over the chosen inputs against a stack of single runs, which are on the same axis `out`. */
function checkAgainstLoop(
  f: (...x: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  mapped: readonly boolean[],
  placement: (shape: Shape) => number,
  label: string,
  out = 0,
): void {
  const axes = inputs.map((x, i) => (mapped[i] ? placement(x.shape) : null));
  const members = Array.from({ length: size }, (_, k) =>
    inputs.map((x, i) => (mapped[i] ? member(x, k) : x)),
  );
  const batched = inputs.map((x, i) =>
    mapped[i]
      ? stack(
          members.map((xs) => xs[i] as Tensor),
          axes[i] as number,
        )
      : x,
  );
  const loop = stack(
    members.map((xs) => f(...xs)),
    out,
  );
  const got = vmap(f, axes, out)(...batched);
  const scale = largest(loop);
  expectClose(
    got,
    loop,
    loop.dtype === "f32" ? 1e-6 : 1e-14,
    `${label}, axes ${axes}`,
    () => scale,
  );
}

describe("vmap equals a loop for every choice of mapped inputs and axes", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs } of cases)
      for (const mapped of nonEmptySubsets(inputs.length))
        for (const placement of placements) checkAgainstLoop(run, inputs, mapped, placement, name);
  });
});

describe("results can be stacked along the last axis", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs } of cases)
      checkAgainstLoop(
        run,
        inputs,
        inputs.map(() => true),
        () => 0,
        name,
        -1,
      );
  });
});

describe("vmap of vmap equals two loops", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs } of cases) {
      const first = inputs.map((_, i) => (i === 0 ? 0 : null));
      const inner = (...x: Tensor[]) => vmap(run, first)(...x);
      const stacked = inputs.map((x, i) => (i === 0 ? stack([x, member(x, 1)]) : x));
      checkAgainstLoop(
        inner,
        stacked,
        inputs.map(() => true),
        () => -1,
        name,
      );
    }
  });
});

/** The gradient of a signed sum in the input `i`. */
const gradientIn = (given: Case, i: number): ((...x: Tensor[]) => Tensor) | null => {
  const part = differentiable(given);
  if (part === null || part.x[i] === undefined) return null;
  const w = signed(part.f(...part.x), 5);
  return grad((...x: Tensor[]) => sum(mul(w, part.f(...x))), { argnums: i }) as never;
};

describe("vmap of the gradient equals a loop of gradients", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases)
      for (const i of [0, 1]) {
        const gradient = gradientIn(given, i);
        const { x } = differentiable(given) ?? { x: [] };
        if (gradient === null) continue;
        for (const mapped of nonEmptySubsets(x.length))
          checkAgainstLoop(gradient, x, mapped, () => 0, given.name);
      }
  });
});

describe("a batch of none gives a result of none, and a batch of one the result itself", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs } of cases) {
      const one = inputs.map((x) => stack([x]));
      const y = run(...inputs);
      expectClose(vmap(run)(...one), stack([y]), 1e-14, name, () => largest(y));
      const none = one.map((x) => slice(x, [0], [0]));
      expectClose(vmap(run)(...none), { shape: [0, ...y.shape], data: [] }, 0, name);
    }
  });
});
