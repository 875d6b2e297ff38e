import { test } from "vitest";
import { tangentOf } from "../support/case.ts";
import { expectClose, largest } from "../support/close.ts";
import { directional } from "../support/differences.ts";
import {
  directionsOf,
  functionOf,
  holdsForPrograms,
  inputsOf,
  smoothPrograms,
} from "../support/program.ts";

test("the jvp of a random smooth program equals Ridders differences", () => {
  holdsForPrograms(smoothPrograms, (program) => {
    const [f, x, v] = [functionOf(program), inputsOf(program), directionsOf(program)];
    const yDot = tangentOf(f, x, v);
    const data = directional(f, x, v).map(({ value }) => value);
    const scale = Math.max(largest(f(...x)), largest(yDot));
    expectClose(yDot, { shape: yDot.shape, data }, 1e-7, "ẏ", () => scale);
  });
});
