// The contract of scalar operations on one device: errors, special values, whole numbers. Node and browsers run it.
import type { DType } from "@cotangent/autodiff";
import type { Device } from "../../src/index.ts";
import { type ScalarOperation, scalarOperations, scalarText } from "../../src/scalar/index.ts";
import { kernelText, literal } from "../../src/template.ts";
import { type Errors, errorsOf, larger, operationKernel, run } from "./judge.ts";
import { type Points, pairs, points, powers, specialNumbers } from "./points.ts";
import { converted, truthOf } from "./truth.ts";

/** Operations of two floats. */
const binary = new Set<ScalarOperation>([
  "add",
  "atan2",
  "div",
  "equal",
  "less",
  "lessEqual",
  "maximum",
  "mod",
  "mul",
  "notEqual",
  "pow",
  "sub",
]);

/** Those that take bools or whole numbers. */
const other = new Set<ScalarOperation>(["astype", "shiftRight", "where"]);

export const floatOperations: readonly ScalarOperation[] = scalarOperations.filter(
  (op) => !other.has(op),
);

/** Operations without rounding, and those of one rounding wherever f32 is IEEE 754's. */
const exact = new Set<ScalarOperation>([
  "abs",
  "ceil",
  "equal",
  "floor",
  "less",
  "lessEqual",
  "maximum",
  "neg",
  "notEqual",
  "round",
  "sign",
]);
const rounded = new Set<ScalarOperation>(["add", "mul", "sub"]);

/** The units that an operation may err by. */
interface Units {
  /** Of the magnitude of its terms. */
  readonly terms: number;
  /** Of its value alone: what is conditioned badly is computed well all the same. */
  readonly value: number;
}

/** Where division and roots are IEEE 754's, and where they may err by 2.5 and 4.5 ulp. */
export const unitsWhere = { rounded: { terms: 3, value: 6 }, loose: { terms: 8, value: 13 } };

export function unitsOf(op: ScalarOperation, where: keyof typeof unitsWhere): Units {
  if (exact.has(op)) return { terms: 0, value: 0 };
  return rounded.has(op) ? { terms: 1, value: 1 } : unitsWhere[where];
}

/** A GPU's own division may be loose. */
export const roundingOf = ({ backend }: Device): keyof typeof unitsWhere =>
  backend === "cpu" || backend === "webasm" ? "rounded" : "loose";

/** Every `stride`th of the arguments. */
const thinned = (x: Points, stride: number): Points =>
  x.map((values) => values.filter((_, i) => i % stride === 0));

/** The arguments of an operation, or every `stride`th. */
export function argumentsOf(op: ScalarOperation, stride = 1): Points[] {
  const sets: Points[] = binary.has(op) ? [pairs] : [[points]];
  if (op === "pow") sets.push(powers(1024));
  return sets.map((set) => thinned(set, stride));
}

/** The largest errors over all arguments, or every `stride`th. */
export async function worstErrors(
  device: Device,
  op: ScalarOperation,
  stride = 1,
): Promise<Errors> {
  const found: Errors[] = [];
  for (const set of argumentsOf(op, stride)) found.push(await errorsOf(device, op, set));
  return found.reduce(larger);
}

/** What is beyond the operation's units. */
export function beyond(
  op: ScalarOperation,
  errors: Errors,
  where: keyof typeof unitsWhere,
): string[] {
  const units = unitsOf(op, where);
  return (["terms", "value"] as const).flatMap((size) =>
    errors[size].error <= units[size] ? [] : [`${errors[size].at} of the ${size}`],
  );
}

/** "NaN", "Infinity", "0", "-0", or "finite". */
function kindOf(x: number): string {
  if (Object.is(x, -0)) return "-0";
  return x === 0 || !Number.isFinite(x) ? String(x) : "finite";
}

/** Where an operation is not of the engine's kind at special values: sign of zero, infinity, NaN. */
export async function specialFailures(device: Device, op: ScalarOperation): Promise<string[]> {
  const normal = specialNumbers.filter((x) => x === 0 || !(Math.abs(x) < 2 ** -126));
  const sets: Points = binary.has(op)
    ? [
        Float32Array.from(normal.flatMap((x) => normal.map(() => x))),
        Float32Array.from(normal.flatMap(() => normal)),
      ]
    : [Float32Array.from(normal)];
  const got = await run(device, op, sets);
  const { value } = truthOf(op, sets);
  return Array.from(got).flatMap((y, i) => {
    const want = Math.fround(value[i]!);
    // A number that a GPU may take for 0.
    if (Math.abs(want) < 2 ** -125 && want !== 0) return [];
    if (kindOf(y) === kindOf(want)) return [];
    // Where a driver divides whole numbers inexactly, gpu.js takes ⌊x/y + ½⌋ on webgl2, which has no −0.
    if (device.backend === "webgl2" && op === "div" && y === 0 && want === 0) return [];
    return [
      `${op}(${sets.map((x) => (kindOf(x[i]!) === "finite" ? x[i] : kindOf(x[i]!)))}) = ${want}, got ${kindOf(y)}`,
    ];
  });
}

interface WholeCase {
  readonly op: ScalarOperation;
  readonly inputs: readonly (readonly number[])[];
  readonly dtypes: readonly DType[];
  readonly dtype: DType;
  readonly want: readonly number[];
}

const floats = [
  0,
  -0,
  0.4,
  -0.4,
  0.5,
  1,
  -1,
  1.5,
  -1.5,
  2.9,
  -2.9,
  1e6,
  -1e6,
  16777215,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 33 + 1024,
  NaN,
  Infinity,
  -Infinity,
];
const ints = [0, 1, -1, 2, -2, 7, -7, 100, -100, 16777215, -16777215];
const counts = [0, 1, 2, 7, 255, 256, 65535, 65536, 12345678, 16777215];
const bools = [0, 1];

const conversionCase = (from: DType, to: DType, x: readonly number[]): WholeCase => ({
  op: "astype",
  inputs: [x],
  dtypes: [from],
  dtype: to,
  want: converted(x, from, to),
});

const shifts = counts.flatMap((x) => [0, 1, 8, 16, 23, 24, 31, 32, 33].map((s) => [x, s] as const));
const integerPairs = ints.flatMap((x) => ints.map((y) => [x, y] as const));

function integerCase(
  op: ScalarOperation,
  dtype: DType,
  f: (x: number, y: number) => number,
): WholeCase {
  const kept = integerPairs.filter(([x, y]) => !(Math.abs(f(x, y)) >= 2 ** 24));
  return {
    op,
    inputs: [kept.map(([x]) => x), kept.map(([, y]) => y)],
    dtypes: ["i32", "i32"],
    dtype,
    want: kept.map(([x, y]) => f(x, y)),
  };
}

/** Cases whose results are whole numbers, exactly. */
export const wholeCases: readonly WholeCase[] = [
  conversionCase("f32", "bool", floats),
  conversionCase("f32", "i32", floats),
  conversionCase(
    "f32",
    "u32",
    floats.filter((x) => !(x < 0 && x > -(2 ** 31))),
  ),
  conversionCase("f32", "f64", floats),
  conversionCase("bool", "f32", bools),
  conversionCase("bool", "i32", bools),
  conversionCase("i32", "bool", ints),
  conversionCase("i32", "f32", ints),
  conversionCase("u32", "f32", counts),
  conversionCase("u32", "i32", counts),
  {
    op: "shiftRight",
    inputs: [shifts.map(([x]) => x), shifts.map(([, s]) => s)],
    dtypes: ["u32", "u32"],
    dtype: "u32",
    want: shifts.map(([x, s]) => x >>> s),
  },
  {
    op: "where",
    inputs: [
      [0, 1, 0, 1, 1, 0],
      [1, 2, NaN, 4, NaN, -0],
      [7, NaN, 9, 10, 11, -0],
    ],
    dtypes: ["bool", "f32", "f32"],
    dtype: "f32",
    want: [7, 2, 9, 4, NaN, -0],
  },
  integerCase("add", "i32", (x, y) => x + y),
  integerCase("sub", "i32", (x, y) => x - y),
  integerCase("mul", "i32", (x, y) => x * y),
  integerCase("maximum", "i32", Math.max),
  integerCase("mod", "i32", (x, y) => (y === 0 ? 2 ** 24 : x - y * Math.floor(x / y))),
  integerCase("less", "bool", (x, y) => Number(x < y)),
  integerCase("equal", "bool", (x, y) => Number(x === y)),
];

/** Where a case is not what it should be; zeros of integers have no sign. */
export async function wholeFailures(device: Device, each: WholeCase): Promise<string[]> {
  const { op, inputs, dtypes, dtype, want } = each;
  const kernel = operationKernel(op, inputs.length, want.length, dtypes, dtype);
  const sent = Object.fromEntries(
    Object.keys(kernel.inputs).map((name, i) => [name, Float32Array.from(inputs[i]!)]),
  );
  const got = await device.run(kernel, sent);
  const isFloat = dtype === "f32" || dtype === "f64";
  return want.flatMap((w, i) => {
    const same = isFloat ? Object.is(got[i], w) : got[i] === w;
    return same
      ? []
      : [`${op} ${dtypes} → ${dtype} (${inputs.map((x) => x[i])}) = ${w}, got ${got[i]}`];
  });
}

/** Where an operation with a literal for its second operand is not what it is with an array of that number. */
export async function literalFailures(device: Device): Promise<string[]> {
  const x = Float32Array.of(-0.5, 0, 2, 3.7, -1e38, 0.25);
  const failures: string[] = [];
  for (const op of ["add", "sub", "mul", "div", "less", "equal", "maximum", "pow"] as const)
    for (const value of [-0.5, 2, 2 ** 126]) {
      const { functions, expression } = scalarText(op, ["f32", "f32"], "f32");
      const kernel = kernelText({
        name: `${op}-literal`,
        inputs: { a: [x.length] },
        output: [x.length],
        functions,
        body: `const x = a[index];\nconst result = ${expression("x", literal(value))};\nreturn result;`,
      });
      const got = await device.run(kernel, { a: x });
      const want = await run(device, op, [x, x.map(() => value)]);
      if (got.join() !== want.join()) failures.push(`${op}(x, ${value}) = ${want}, got ${got}`);
    }
  return failures;
}
