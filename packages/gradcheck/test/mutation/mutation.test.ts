// The checker checks itself: every wrong rule must be found, but for those that are not wrong.
import { withRule } from "@cotangent/autodiff/testing";
import { expect, test } from "vitest";
import { checkPrimitive } from "../../src/primitives/index.ts";
import { type Mutant, mutants } from "./mutants.ts";

/** Mutants that do what the rule does: their proof, and whose they are. */
const proofs: readonly (readonly [proof: string, kind: string, primitives: string])[] = [
  [
    "f is linear: ẏ = f(ẋ) reads no primal, so there is nothing to stop",
    "jvp: second-order term dropped",
    "neg add sub reshape sum broadcastTo astype gather scatterAdd cumsum permute concat slice pad",
  ],
  [
    "∂f is piecewise constant in x: a share of ties, a sign, a floor or a condition has the derivative 0",
    "jvp: second-order term dropped",
    "where maximum max mod abs",
  ],
  ["ẋ + ẏ = ẏ + ẋ", "jvp: operands swapped", "add"],
  ["f(x, y) = f(y, x)", "batch: operands swapped", "add mul equal notEqual maximum"],
  [
    "the known input is a condition or indices, which carry no tangent",
    "transpose: second-order term dropped",
    "where gather scatterAdd",
  ],
  [
    "the derivative of a batch of constants is 0 either way",
    "batch: second-order term dropped",
    "sign floor ceil round stopGradient",
  ],
];
const equivalent = proofs.flatMap(([, kind, primitives]) =>
  primitives.split(" ").map((primitive) => `${primitive}.${kind}`),
);

function isKilled({ primitive, rule, patch }: Mutant): boolean {
  const check = () => checkPrimitive(primitive.name, { failFast: true, rules: [rule] });
  return withRule({ primitive }, patch, check).status === "fail";
}

test("every mutant of every rule is killed, or proven equivalent", () => {
  const started = performance.now();
  const all = mutants();
  const survivors = all.filter((mutant) => !isKilled(mutant)).map(({ name }) => name);
  const unproven = survivors.filter((name) => !equivalent.includes(name));
  const count = all.length - equivalent.length;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `mutation: ${count - unproven.length} of ${count} mutants killed (${((100 * (count - unproven.length)) / count).toFixed(1)}%), ${equivalent.length} proven equivalent, ${seconds} s`,
  );
  expect(unproven).toEqual([]);
  // A proof of a mutant that is killed is no proof.
  expect(equivalent.filter((name) => !survivors.includes(name))).toEqual([]);
});
