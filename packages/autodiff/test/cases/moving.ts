// A case that moves the elements of one array.
import type { Shape, Tensor } from "@cotangent/autodiff";
import type { Case } from "../support/case.ts";
import type { Plain } from "../support/plain.ts";
import { sample } from "../support/sample.ts";

export const moving = (
  name: string,
  shape: Shape,
  run: (x: Tensor) => Tensor,
  expected: (x: Plain) => Plain,
): Case => ({ name, run: run as Case["run"], inputs: [sample(shape, 30)], expected, smooth: true });
