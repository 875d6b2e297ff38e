import { tensor } from "@cotangent/autodiff";
import { assertGrads, checkGrads } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { failing, rungOf } from "./reading.ts";

const what = (report: ReturnType<typeof checkGrads>) =>
  report.rungs.flatMap(({ failures }) => failures.map((failure) => failure.what));

describe("derivatives of any origin pass over", () => {
  test("numbers", () => {
    const f = {
      value: (x: number, y: number) => x * x * y,
      gradient: (x: number, y: number) => [2 * x * y, x * x],
    };
    expect(checkGrads(f, [3, -2]).status).toBe("pass");
  });

  test("lists of lists, as a gradient in the argument's own shape", () => {
    const f = {
      value: (x: readonly (readonly number[])[]) => x.flat().reduce((a, b) => a + b ** 3, 0),
      gradient: (x: readonly (readonly number[])[]) => x.map((row) => row.map((xi) => 3 * xi ** 2)),
    };
    expect(
      checkGrads(f, [
        [
          [1, 2],
          [3, 4],
        ],
      ]).status,
    ).toBe("pass");
  });

  test("typed arrays, with a list in the place of one", () => {
    const f = {
      value: (x: Float64Array) => x.map((xi) => xi * xi),
      jvp: ([x]: readonly [Float64Array], [xDot]: readonly [Float64Array]) =>
        x.map((xi, i) => 2 * xi * xDot[i]!),
      vjp: ([x]: readonly [Float64Array], yBar: Float64Array) => [
        Array.from(x, (xi, i) => 2 * xi * yBar[i]!),
      ],
    };
    const report = checkGrads(f, [Float64Array.of(1, -2, 0)]);
    expect(report.status).toBe("pass");
    expect(rungOf(report, "dot product").checked).toBe(4);
  });

  test("trees with integers that stay as they are", () => {
    interface Model {
      readonly w: Float64Array;
      readonly at: Int32Array;
    }
    const f = {
      value: ({ w, at }: Model) => at.reduce((sum, i) => sum + w[i]! ** 2, 0),
      gradient({ w, at }: Model) {
        const bar = new Float64Array(w.length);
        for (const i of at) bar[i]! += 2 * w[i]!;
        return { w: bar, at: null };
      },
    };
    const model = { w: Float64Array.of(1, 2, 3), at: Int32Array.of(0, 2, 2) };
    expect(checkGrads(f as never, [model] as never).status).toBe("pass");
  });

  test("f32 arithmetic, to what f32 can tell", () => {
    const f = {
      value: (x: Float32Array) =>
        Math.fround(x.reduce((sum, xi) => Math.fround(sum + Math.fround(Math.sin(xi))), 0)),
      gradient: (x: Float32Array) => x.map(Math.cos),
    };
    const x = Float32Array.of(0.5, 1, 2);
    expect(failing(checkGrads(f, [x]))).toEqual([]);
    const wrong = { ...f, gradient: (at: Float32Array) => at.map((xi) => 1.02 * Math.cos(xi)) };
    expect(failing(checkGrads(wrong, [x]))).toContain("numeric");
  });

  test("tensors", () => {
    const f = {
      value: (x: ReturnType<typeof tensor>) => x.mul(x).sum(),
      gradient: (x: ReturnType<typeof tensor>) => x.mul(2),
    };
    expect(checkGrads(f, [tensor([1, 2])]).status).toBe("pass");
  });

  test("sizes 0 and 1", () => {
    const f = {
      value: (x: Float64Array) => x.reduce((a, b) => a + b, 0),
      gradient: (x: Float64Array) => x.map(() => 1),
    };
    expect(checkGrads(f, [new Float64Array(1)]).status).toBe("pass");
    expect(checkGrads(f, [new Float64Array(0)]).status).toBe("pass");
  });
});

describe("the structure of a derivative is held to that of its argument", () => {
  const value = (x: Float64Array, b: Float64Array) => x.reduce((sum, xi) => sum + xi, 0) * b[0]!;
  const args = [Float64Array.of(1, 2), Float64Array.of(3)] as const;
  const report = (gradient: (...given: never) => unknown) =>
    checkGrads({ value, gradient } as never, args as never);

  test("a missing part", () => {
    expect(what(report(() => [Float64Array.of(3, 3)]))[0]).toBe(
      "gradient has the structure [*], expected [*,*]",
    );
  });
  test("a part of another shape, with the sum that is missing", () => {
    const r = report((x: Float64Array) => [x, x]);
    expect(what(r)[0]).toBe(
      "gradient has shape [2] at [1], expected [1]; the sum over the broadcast axis 0 is missing",
    );
    expect(r.hints).toEqual([
      "an argument was broadcast; its cotangent is the sum over the axes along which it was repeated",
    ]);
  });
  test("a part of another dtype", () => {
    expect(what(report(() => [new Float32Array(2), new Float64Array(1)]))[0]).toBe(
      "gradient has dtype f32 at [0], expected f64",
    );
  });
  test("a part that is no number", () => {
    expect(what(report(() => ["x", Float64Array.of(3)]))[0]).toMatch(
      /got x at \[0\], expected tensors, numbers/,
    );
  });
  test("a promise", () => {
    expect(what(report(async () => args))[0]).toMatch(
      /^gradient returned a promise; expected the value/,
    );
  });
  test("an error that it throws", () => {
    expect(
      what(
        report(() => {
          throw new Error("no luck");
        }),
      )[0],
    ).toBe("vjp throws: no luck");
  });
  test("the later rungs do not run", () => {
    const later = report(() => []).rungs.slice(1);
    expect(new Set(later.map(({ status, note }) => `${status}: ${note}`))).toEqual(
      new Set(["skipped: the structure rung did not pass"]),
    );
  });
});

test("assertGrads throws the explained report, and only for what does not pass", () => {
  const square = { value: (x: number) => x * x, gradient: (x: number) => 2 * x };
  expect(() => assertGrads(square, [3])).not.toThrow();
  expect(() => assertGrads({ ...square, gradient: (x: number) => x }, [3])).toThrow(
    /^FAIL f[\s\S]*half of what is expected/,
  );
});

test("thousands of coordinates are sampled, and a wrong block is still found", () => {
  const n = 5_000;
  const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
  const value = (at: Float64Array) => at.reduce((sum, xi) => sum + xi ** 2, 0);
  const right = checkGrads({ value, gradient: (at: Float64Array) => at.map((xi) => 2 * xi) }, [x]);
  expect(right.status).toBe("pass");
  expect(rungOf(right, "numeric").note).toBe("64 × 1 of 5000 × 1 entries and 8 projections");
  const gradient = (at: Float64Array) => at.map((xi, i) => (i < 50 ? 2.1 * xi : 2 * xi));
  expect(failing(checkGrads({ value, gradient }, [x]))).toContain("numeric");
});

test("steps that are too long agree with each other, and shorter ones are heard before a failure", () => {
  // Beyond |x| = 1/c the function is flat and even, and differences over long steps are 0 and sure of it.
  const c = 6.4e6;
  const well = {
    value: (x: number) => Math.log1p((c * x) ** 2),
    gradient: (x: number) => (2 * c * c * x) / (1 + (c * x) ** 2),
  };
  expect(failing(checkGrads(well, [1.5e-19]))).toEqual([]);
});

test("a method that forgets to return, or is none, is told so", () => {
  const value = (x: number) => x * x;
  const forgotten = { value, gradient: (() => undefined) as never };
  expect(failing(checkGrads(forgotten, [1]))).toEqual(["structure"]);
  expect(() => checkGrads({ value, gradient: 3 as never }, [1])).toThrow(/gradient is no function/);
});
