import { linearize, type Tensor, transpose, vjp } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { tangentOf } from "../support/case.ts";
import { expectSameBits } from "../support/close.ts";
import { pairing } from "../support/pairing.ts";
import {
  anyPrograms,
  directionsOf,
  functionOf,
  holdsForPrograms,
  inputsOf,
} from "../support/program.ts";
import { signed } from "../support/sample.ts";

test("⟨w, J v⟩ = ⟨Jᵀ w, v⟩ for a random program", () => {
  holdsForPrograms(anyPrograms, (program) => {
    const [f, x, v] = [functionOf(program), inputsOf(program), directionsOf(program)];
    const [y, pullback] = vjp(f, x);
    const w = signed(y, program.seed + 30);
    const forward = pairing([w], [tangentOf(f, x, v)]);
    const reverse = pairing(pullback(w), v);
    const bound = 1e-13 * (forward.magnitude + reverse.magnitude + 1e-3);
    expect(Math.abs(forward.value - reverse.value)).toBeLessThanOrEqual(bound);
  });
});

test("linearize's map is the jvp, and its transpose the pullback, to the bit", () => {
  holdsForPrograms(
    anyPrograms,
    (program) => {
      const [f, x, v] = [functionOf(program), inputsOf(program), directionsOf(program)];
      const [y, tangentMap] = linearize(f, x);
      expectSameBits(tangentMap(...v), tangentOf(f, x, v), "tangentMap(v)");
      const w = signed(y, program.seed + 40);
      const bars = vjp(f, x)[1](w);
      transpose(
        tangentMap,
        x,
      )(w).forEach((bar, i) => {
        expectSameBits(bar, bars[i] as Tensor, `cotangent ${i}`);
      });
    },
    0.25,
  );
});
