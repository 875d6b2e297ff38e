// Every case of every primitive, compiled: forward, jvp, vjp and vmap, in both precisions.
import { jvp, stack, type Tensor, vjp, vmap } from "@cotangent/autodiff";
import { describe, test } from "vitest";
import { caseEntries } from "../../../autodiff/test/cases.ts";
import { differentiable } from "../../../autodiff/test/support/case.ts";
import { rolled, signed } from "../../../autodiff/test/support/sample.ts";
import { expectCompiledAgrees } from "../support/agree.ts";

const precisions = ["f64", "f32"] as const;

describe.each(caseEntries)("%s", (_name, cases) => {
  test.each(cases.map((one) => [one.name, one] as const))(
    "of %s is the interpreter's, compiled",
    (_, one) => {
      for (const dtype of precisions) {
        expectCompiledAgrees(one.run, one.inputs, dtype, "forward");
        const mapped = one.inputs.map((x) => stack([x, rolled(x, 1)]));
        expectCompiledAgrees(vmap(one.run) as typeof one.run, mapped, dtype, "vmap");
        const differentiated = differentiable(one);
        if (!differentiated) continue;
        const { f, x } = differentiated;
        const n = x.length;
        const directions = x.map((xi, i) => signed(xi, i));
        expectCompiledAgrees(
          (...both: Tensor[]) => jvp(f, both.slice(0, n), both.slice(n)),
          [...x, ...directions],
          dtype,
          "jvp",
        );
        expectCompiledAgrees(
          (yBar: Tensor, ...primals: Tensor[]) => vjp(f, primals)[1](yBar),
          [signed(f(...x), 7), ...x],
          dtype,
          "vjp",
        );
      }
    },
  );
});
