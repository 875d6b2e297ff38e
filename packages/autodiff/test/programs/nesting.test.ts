import { grad, jvp, mul, sum, type Tensor, vmap } from "@cotangent/autodiff";
import { test } from "vitest";
import { tangentOf } from "../support/case.ts";
import { expectClose, largest } from "../support/close.ts";
import {
  anyPrograms,
  directionsOf,
  functionOf,
  holdsForPrograms,
  inputsOf,
  scalarOf,
} from "../support/program.ts";

const dot = (a: readonly Tensor[], b: readonly Tensor[]): Tensor =>
  a.map((ai, i) => sum(mul(ai, b[i] as Tensor))).reduce((total, term) => total.add(term));

test("H v of a random program is the same by forward and reverse mode in either order", () => {
  holdsForPrograms(anyPrograms, (program) => {
    const [g, x, v] = [scalarOf(program), inputsOf(program), directionsOf(program)];
    const argnums = x.map((_, i) => i);
    const gradient = (...at: Tensor[]): Tensor[] => grad(g, { argnums })(...at);
    const forwardReverse = jvp(gradient, x, v)[1];
    const reverseForward = grad((...at: Tensor[]) => tangentOf(g, at, v), { argnums })(...x);
    const reverseReverse = grad((...at: Tensor[]) => dot(gradient(...at), v), { argnums })(...x);
    forwardReverse.forEach((expected, i) => {
      const scale = Math.max(1, largest(expected));
      for (const other of [reverseForward, reverseReverse])
        expectClose(other[i] as Tensor, expected, 1e-11, `H v, part ${i}`, () => scale);
    });
  });
});

test("jvp of vmap is vmap of jvp", () => {
  holdsForPrograms(
    anyPrograms,
    (program) => {
      const f = functionOf(program);
      const x = inputsOf(program).map((xi) => xi.expandDims(0));
      const v = directionsOf(program).map((vi) => vi.expandDims(0));
      const outside = tangentOf((...at) => vmap(f)(...at), x, v);
      const inside = vmap((...pairs: Tensor[]) =>
        tangentOf(f, pairs.slice(0, x.length), pairs.slice(x.length)),
      )(...x, ...v);
      expectClose(inside, outside, 1e-12, "ẏ", () => Math.max(1, largest(outside)));
    },
    0.25,
  );
});
