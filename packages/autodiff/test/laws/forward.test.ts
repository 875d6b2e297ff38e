import { jvp, zeros } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries } from "../cases.ts";
import { differentiable, isFloat, tangentOf } from "../support/case.ts";
import { expectClose, expectSameBits, largest } from "../support/close.ts";
import { directional } from "../support/differences.ts";
import { signed } from "../support/sample.ts";

describe("jvp equals Ridders differences at smooth points", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases) {
      const part = given.smooth ? differentiable(given) : null;
      if (part === null) continue;
      const xDot = part.x.map((x, i) => signed(x, i + 1));
      const yDot = tangentOf(part.f, part.x, xDot);
      const estimates = directional(part.f, part.x, xDot);
      const scale = largest(given.run(...given.inputs));
      expectClose(
        yDot,
        { shape: yDot.shape, data: estimates.map(({ value }) => value) },
        1e-9,
        given.name,
        () => scale,
      );
    }
  });
});

describe("each input has its own derivative: the others' tangents can be left out", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases) {
      const part = differentiable(given);
      if (part === null || part.x.length < 2) continue;
      const { f, x } = part;
      const xDot = x.map((xi, i) => signed(xi, i + 1));
      const alone = x.map((_, i) =>
        tangentOf(
          f,
          x,
          xDot.map((d, j) => (i === j ? d : zeros(d.shape, { dtype: d.dtype }))),
        ),
      );
      const total = alone.reduce((a, b) => a.add(b));
      const scale = largest(total) + alone.reduce((most, d) => Math.max(most, largest(d)), 0);
      expectClose(tangentOf(f, x, xDot), total, 1e-14, given.name, () => scale);
    }
  });
});

describe("outputs that are not floats have zero tangents", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs } of cases) {
      const xDot = inputs.map((x, i) => (isFloat(x) ? signed(x, i) : x));
      const [y, yDot] = jvp(run, inputs, xDot);
      if (isFloat(y)) continue;
      expectSameBits(yDot, zeros(y.shape, { dtype: y.dtype }), name);
    }
    expect(cases.length).toBeGreaterThan(0);
  });
});

describe("the value of jvp is the value itself, to the bit", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases) {
      const part = differentiable(given);
      if (part === null) continue;
      const [y] = jvp(
        part.f,
        part.x,
        part.x.map((x, i) => signed(x, i)),
      );
      expectSameBits(y, part.f(...part.x), given.name);
    }
  });
});
