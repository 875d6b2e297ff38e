// Primitives of one's own: checked against differences of their evaluation, or against a definition.
import {
  add,
  broadcastTo,
  div,
  mul,
  notLinear,
  type PrimitiveFunction,
  type PrimitiveRecord,
  primitive,
  stopGradient,
  sum,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { checkAll, checkPrimitive } from "../../src/primitives/index.ts";

type Record = PrimitiveRecord<object>;
/** √(x² + y²) of equal shapes. */
function hypotenuse(wrong: Partial<Record> = {}): PrimitiveFunction<object> {
  const apply: PrimitiveFunction<object> = primitive({
    name: "hypotenuse",
    shape: ([x]) => x!,
    evaluate: ([x, y], out) => ({
      ...out,
      data: Float64Array.from(x!.data, (xi, i) => Math.hypot(xi, y!.data[i]!)),
    }),
    jvp: (tangents, primals, r) =>
      tangents
        .flatMap((xDot, i) => (xDot ? [mul(div(primals[i]!, r), xDot)] : []))
        .reduce((total, term) => add(total, term)),
    transpose: notLinear("hypotenuse"),
    batch: (inputs, mapped, size) =>
      apply(
        inputs.map((x, i) => (mapped[i] ? x : broadcastTo(x, [size, ...x.shape]))),
        {},
      ),
    ...wrong,
  });
  return apply;
}
const at = [
  { inputs: [tensor(3), tensor(4)] },
  { inputs: [tensor([0.5, -2]), tensor([0.75, -1.5])] },
];

test("a right one passes against its own evaluation, and to rounding against a definition", () => {
  expect(checkPrimitive(hypotenuse(), { at }).failures).toEqual([]);
  const report = checkPrimitive(hypotenuse(), {
    at,
    definition: ([x, y]) => x!.data.map((xi, i) => xi.pow(2).plus(y!.data[i]!.pow(2)).sqrt()),
  });
  expect(report.failures).toEqual([]);
  expect(report.worst).toBeLessThan(8);
});

const scaled: Record["jvp"] = (tangents, primals, r) =>
  mul(1.001, add(...(primals.map((x, i) => mul(div(x, r), tangents[i] ?? 0)) as [Tensor, Tensor])));
const flatRule: Record["jvp"] = (tangents, primals, r) => {
  const terms = primals.map((x, i) => mul(stopGradient(div(x, r)), tangents[i] ?? 0));
  return add(...(terms as [Tensor, Tensor]));
};

test.each([
  ["a slope 0.1% off", { jvp: scaled }, "jvp", 1],
  ["a rule that is a constant to the next derivative", { jvp: flatRule }, "jvp", 2],
  ["a batch rule that forgets the unmapped", { batch: (x) => hypotenuse()(x, {}) }, "batch", 0],
  ["no tangent at all", { jvp: () => null }, "jvp", 1],
  ["a rule that throws", { jvp: (xDot) => sum(xDot[0]!, 7) }, "jvp", 1],
] as readonly (readonly [string, Partial<Record>, string, number])[])(
  "%s is found, with the rule and the order",
  (_name, wrong, rule, order) => {
    const { status, failures } = checkPrimitive(hypotenuse(wrong), { at });
    expect(status).toBe("fail");
    expect(failures[0]).toMatchObject({ rule, order });
  },
);

test("without points, or with a name that is none, it says what to give", () => {
  expect(() => checkPrimitive(hypotenuse())).toThrow(/no points are known for "hypotenuse".*at:/);
  expect(() => checkPrimitive("sine")).toThrow(/no primitive "sine".*expected one of .*sin/);
});

test("options that are unknown or none are refused, naming those there are", () => {
  const refused: readonly (readonly [() => unknown, string])[] = [
    [
      () => checkPrimitive("sin", { order: 3 } as never),
      "checkPrimitive: unknown option order; expected at, definition, rules, failFast",
    ],
    [
      () => checkPrimitive("sin", { rules: ["vjp"] } as never),
      'checkPrimitive: option rules is ["vjp"], expected a list of jvp, transpose, batch',
    ],
    [
      () => checkPrimitive("sin", { at: [[1, 2]] } as never),
      "checkPrimitive: option at is [Array], expected a list of { inputs: [tensor(…)], params }",
    ],
    [
      () => checkPrimitive("sin", 3 as never),
      "checkPrimitive: expected an object of options (at, definition, rules, failFast), got 3",
    ],
    [() => checkPrimitive("sine"), 'checkPrimitive: no primitive "sine" in the engine'],
    [() => checkPrimitive(undefined as never), "checkPrimitive: no primitive undefined in the"],
    [() => checkAll({ skip: ["sin"] } as never), "checkAll: unknown option skip; expected only"],
    [() => checkAll({ only: ["sine"] }), 'checkAll: option only is ["sine"], expected a list of '],
    [() => checkAll({ only: [] }), "checkAll: option only is [], expected a list of "],
  ];
  for (const [act, message] of refused) expect(act).toThrow(message);
});
