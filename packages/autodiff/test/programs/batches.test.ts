import { grad, stack, type Tensor, vmap } from "@cotangent/autodiff";
import { test } from "vitest";
import { tangentOf } from "../support/case.ts";
import { expectClose, largest } from "../support/close.ts";
import {
  anyPrograms,
  directionsOf,
  functionOf,
  holdsForPrograms,
  inputsOf,
  type Program,
  scalarOf,
} from "../support/program.ts";
import { sample } from "../support/sample.ts";
import { nonEmptySubsets } from "../support/subsets.ts";

type Flat = (...x: Tensor[]) => Tensor;
const size = 2;

/** A random choice of mapped inputs and axes, the batched arguments and those of each member. */
function batchOf(program: Program) {
  const x = inputsOf(program);
  const subsets = nonEmptySubsets(x.length);
  const mapped = subsets[program.seed % subsets.length] as boolean[];
  const axes = x.map(({ shape }, i) =>
    mapped[i] ? (program.seed + i) % (shape.length + 1) : null,
  );
  const members = Array.from({ length: size }, (_, k) =>
    x.map((xi, i) => (mapped[i] ? sample(xi.shape, program.seed + 7 * k + i + 100) : xi)),
  );
  const batched = x.map((xi, i) => {
    const axis = axes[i] ?? null;
    return axis === null
      ? xi
      : stack(
          members.map((xs) => xs[i] as Tensor),
          axis,
        );
  });
  return { axes, members, batched };
}

function expectLoop(f: Flat, program: Program, label: string): void {
  const { axes, members, batched } = batchOf(program);
  const loop = stack(members.map((xs) => f(...xs)));
  const scale = Math.max(1, largest(loop));
  expectClose(vmap(f, axes)(...batched), loop, 1e-12, label, () => scale);
}

test("vmap of a random program equals a loop", () => {
  holdsForPrograms(anyPrograms, (program) => expectLoop(functionOf(program), program, "vmap(f)"));
});

test("vmap of the jvp and of the gradient of a random program equal loops", () => {
  holdsForPrograms(
    anyPrograms,
    (program) => {
      const v = directionsOf(program);
      const push: Flat = (...x) => tangentOf(functionOf(program), x, v);
      expectLoop(push, program, "vmap(jvp f)");
      const gradient: Flat = (...x) => grad(scalarOf(program))(...x);
      expectLoop(gradient, program, "vmap(grad f)");
    },
    0.25,
  );
});
