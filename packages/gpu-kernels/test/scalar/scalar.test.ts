// Scalar operations on every backend: within their units of the terms' magnitude, with the engine's special values.
import { afterAll, describe, expect, it } from "vitest";
import { scalarOps } from "../../../graph-passes/src/schedule/scalar-ops.ts";
import { type ScalarOperation, scalarOperations, scalarText } from "../../src/scalar/index.ts";
import { functionSource, kernelText } from "../../src/template.ts";
import { openBackends } from "../support/backends.ts";
import {
  argumentsOf,
  beyond,
  floatOperations,
  literalFailures,
  roundingOf,
  specialFailures,
  wholeCases,
  wholeFailures,
  worstErrors,
} from "./contract.ts";
import { errorsOfResults, run } from "./judge.ts";
import { ieee, loosest, onMachine } from "./machines.ts";
import type { Points } from "./points.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

describe("the table", () => {
  it("has every operation of scalar code and no other", () => {
    expect([...scalarOperations].sort()).toEqual([...scalarOps].sort());
  });

  it("names an operation that it does not have", () => {
    expect(() => scalarText("matmul", ["f32", "f32"], "f32")).toThrow(
      /no kernel text for matmul; expected one of abs, /,
    );
    expect(() => scalarText("toString", ["f32"], "f32")).toThrow(TypeError);
  });

  it("gives each helper a name of its own", () => {
    const helpers = scalarOperations.flatMap((op) =>
      (["f32", "i32", "u32", "bool"] as const).flatMap((dtype) =>
        scalarText(op, ["f32"], dtype).functions.flatMap((f) => [f, ...f.uses]),
      ),
    );
    const texts = new Map<string, string>();
    for (const helper of helpers) {
      const text = functionSource(helper);
      expect(texts.get(helper.name) ?? text).toBe(text);
      texts.set(helper.name, text);
    }
  });
});

describe.each(tested.map(({ name, device }) => ({ name, device })))("on $name", ({ device }) => {
  it.each([...floatOperations])("%s errs by no more than its units", async (op) => {
    expect(beyond(op, await worstErrors(device, op), roundingOf(device))).toEqual([]);
  });

  it.each([...floatOperations])("%s is the engine's at special values", async (op) => {
    expect(await specialFailures(device, op)).toEqual([]);
  });

  it("what f32 cannot hold is 0 to log and pow, where a backend computes in f64 too", async () => {
    for (const [op, want] of [
      ["log", -Infinity],
      ["pow", Infinity],
    ] as const) {
      const { functions, expression } = scalarText(op, ["f32", "f32"], "f32");
      const kernel = kernelText({
        name: `${op}-of-nothing`,
        inputs: { a: [1] },
        output: [1],
        functions,
        body: `const x = a[index] * a[index];\nreturn ${op === "pow" ? expression("x", "-1.0") : expression("x")};`,
      });
      expect(await device.run(kernel, { a: Float32Array.of(1e-30) })).toEqual(
        Float32Array.of(want),
      );
    }
  });

  it("literals are operands like any other", async () => {
    expect(await literalFailures(device)).toEqual([]);
  });

  it.each(wholeCases.map((each) => [`${each.op} ${each.dtypes} → ${each.dtype}`, each] as const))(
    "%s is exact",
    async (_title, each) => {
      expect(await wholeFailures(device, each)).toEqual([]);
    },
  );
});

describe("on machines", () => {
  /** The results of the operation on a machine. */
  const results = (machine: Parameters<typeof onMachine>[0], op: ScalarOperation, set: Points) => {
    const f = onMachine(machine, op, set.length);
    return set[0]!.map((a, i) => f(a, set[1]?.[i] ?? 0, 0));
  };

  it.each([...floatOperations])("%s on IEEE 754's has the bits of webasm", async (op) => {
    const { device } = tested.find(({ name }) => name === "webasm")!;
    for (const set of argumentsOf(op, 5))
      expect(results(ieee, op, set)).toEqual(await run(device, op, set));
  });

  it.each([...floatOperations])("%s on the loosest errs by no more than its units", (op) => {
    for (const set of argumentsOf(op, 2)) {
      const errors = errorsOfResults(results(loosest(1), op, set), op, set, true);
      expect(beyond(op, errors, "loose")).toEqual([]);
    }
  });
});
