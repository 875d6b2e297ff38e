// The same functions compile with cpu-kernels, by what the family is made of.
import { grad, jvp, mean, type Tensor, type Tree, vmap } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { denoising, gaussian, implicit, sliced, type TracedScore } from "@cotangent/losses";
import { describe, expect, it } from "vitest";
import { deviceMlp, networkOperations, networkPrimitives } from "../../src/index.ts";
import { activationNames } from "../../src/kernels/index.ts";
import { inDouble, rows, testNetwork } from "../support/networks.ts";
import { errorOf, judged } from "../support/terms.ts";

const full = process.env.COTANGENT_FULL === "1";

/** A few units of rounding of the terms. */
const bound = 4 * 2 ** -53;
const lowerings = networkOperations;
const sizes = [2, 5, 4, 2];
const [x, v] = [inDouble(rows(71, 3, 2)), inDouble(rows(72, 3, 2))];

it("every primitive of the family has one", () => {
  expect(Object.keys(lowerings).sort()).toEqual(networkPrimitives.map(({ name }) => name).sort());
});

type Of = (score: TracedScore) => (p: Tree, z: Tensor, w: Tensor) => Tree;
const gradientOf =
  (of: (s: TracedScore) => ReturnType<typeof sliced>): Of =>
  (score) =>
  (p, z, w) =>
    grad((q: Tree) => mean(of(score).perSample(q, z, { v: w, delta: w })))(p) as Tree;
const functions: Readonly<Record<string, Of>> = {
  value: (s) => (p, z) => s(p, z),
  "jvp along everything": (s) => (p, z, w) =>
    jvp((q: Tree, r: Tensor) => s(q, r), [p, z], [p, w]) as unknown as Tree,
  sliced: gradientOf((s) => sliced(s)),
  denoising: gradientOf((s) => denoising(s, { noise: gaussian(0.5) })),
  implicit: gradientOf((s) => implicit(s)),
  "a third derivative": (s) => (p, z, w) => {
    const along = (f: (r: Tensor) => Tensor) => (r: Tensor) => jvp(f, [r], [w])[1];
    return along(along(along((r) => s(p, r))))(z);
  },
  "a vmap over rows and weights": (s) => (p, z, w) =>
    vmap((u: Tensor) => grad((q: Tree) => mean(s(q, u.reshape([1, 2]))))(p) as Tree)(z.add(w)),
};

describe.each(activationNames)("with %s", (activation) => {
  const { exact, engine } = testNetwork(sizes, activation);
  const isWhole = full || activation === "tanh" || activation === "relu";
  it.each(isWhole ? Object.keys(functions) : ["sliced"])("%s", (name) => {
    const of = functions[name]!;
    const compiled = compile(of(deviceMlp({ activation })), { lowerings });
    const got = compiled(exact as Tree, x, v);
    expect(errorOf(got, judged(of(engine.score), [exact as Tree, x, v]))).toBeLessThan(bound);
  });
});
