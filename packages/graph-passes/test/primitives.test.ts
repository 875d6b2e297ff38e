import { registry } from "@cotangent/autodiff/registry";
import { expect, test } from "vitest";
import { viewLayouts } from "../src/schedule/layouts.ts";
import { scalarOps } from "../src/schedule/scalar-ops.ts";

test("every primitive of the engine is a step, a view, a kernel of its own kind, or opaque on purpose", () => {
  const kinds = ["sum", "max", "matmul", "concat", "pad", "call"];
  const opaque = ["argmax", "argsort", "cumsum", "gather", "scatterAdd", "threefry"];
  const known = [...scalarOps, ...viewLayouts.keys(), ...kinds, ...opaque];
  expect(known.toSorted()).toEqual([...registry.keys()].sort());
});
