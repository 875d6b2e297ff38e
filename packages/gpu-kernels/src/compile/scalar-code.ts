// Scalar code as text: what one thread computes for one element of an iteration space.
//
// A value is known when it lies in an array already: a load, or something that an earlier kernel has stored.
// Everything else is computed from what is known, and only as far as it is asked for.
import type { DType } from "@cotangent/autodiff";
import type { ScalarCode, Step } from "@cotangent/graph-passes";
import { scalarText } from "../scalar/index.ts";
import { literal } from "../template.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import type { Plan } from "./plan.ts";
import { elementText } from "./positions.ts";
import type { Operand, Slot } from "./slot.ts";

/** Scalar code over a space. Values are numbered as in ScalarCode: given, loads, steps. */
export interface Code {
  readonly space: readonly number[];
  readonly code: ScalarCode;
  /** Where values lie that need not be computed. */
  readonly known: Map<number, Operand>;
}

/** The device computes in f32, whatever float it is. */
const onDevice = (dtype: DType): DType => (dtype === "f64" ? "f32" : dtype);

const firstStep = ({ given, loads }: ScalarCode): number => given.length + loads.length;
export const stepOf = (code: ScalarCode, value: number): Step | undefined =>
  code.steps[value - firstStep(code)];

function dtypeOf(code: ScalarCode, value: number): DType {
  const { given, loads } = code;
  const dtype =
    given[value] ?? loads[value - given.length]?.buffer.dtype ?? stepOf(code, value)?.dtype;
  if (dtype === undefined) throw new RangeError(`expected a value, got number ${value}`);
  return onDevice(dtype);
}

/** A number as a literal that any operator may stand before; null where no literal stands for it. */
export function constantText(value: number): string | null {
  const single = Math.fround(value);
  if (!Number.isFinite(single) || Object.is(single, -0)) return null;
  return single < 0 ? `(${literal(single)})` : literal(single);
}

/** A shader's compiler takes 0·x and 0/x with a literal 0 for 0, also where x is NaN or infinite: such a 0 is read. */
const isZeroFactor = ({ steps }: ScalarCode, number: number, value: number): boolean =>
  value === 0 &&
  steps.some(({ op, inputs }) => (op === "mul" || op === "div") && inputs.includes(number));

/** The code of a space; `read` finds the array behind each load. */
export function codeOver(
  plan: Plan,
  space: readonly number[],
  code: ScalarCode,
  read: (view: ScalarCode["loads"][number]) => Operand,
): Code {
  const known = new Map<number, Operand>();
  // Without elements nothing is read, and there may be nothing to read from.
  if (!space.includes(0))
    code.loads.forEach((view, i) => void known.set(code.given.length + i, read(view)));
  code.steps.forEach(({ op, value = 0 }, i) => {
    const number = firstStep(code) + i;
    if (op === "constant" && (constantText(value) === null || isZeroFactor(code, number, value)))
      known.set(number, plan.number(value, space.length));
  });
  return { space, code, known };
}

/** The values that must be computed for these, the given ones among them; and the arrays that are read. */
export function needsOf(
  { code, known }: Code,
  values: readonly number[],
): { readonly computed: ReadonlySet<number>; readonly slots: ReadonlySet<Slot> } {
  const computed = new Set<number>();
  const slots = new Set<Slot>();
  const visit = (value: number): void => {
    const operand = known.get(value);
    if (operand) slots.add(operand.slot);
    else if (!computed.has(value)) {
      computed.add(value);
      stepOf(code, value)?.inputs.forEach(visit);
    }
  };
  values.forEach(visit);
  return { computed, slots };
}

/** Writes values of the code at one element; each once. `given` is the text of value 0, where there is one. */
export function valueWriter(
  writer: KernelWriter,
  { space, code, known }: Code,
  indices: readonly string[],
  given: string | null,
): (value: number) => string {
  const written = new Map<number, string>();
  const make = (value: number): string => {
    const operand = known.get(value);
    if (operand) return writer.local(elementText(writer, operand, indices, space));
    if (value < code.given.length && given !== null) return given;
    const step = stepOf(code, value);
    if (!step) throw new RangeError(`expected a step, got value ${value}`);
    if (step.op === "constant") return constantText(step.value ?? 0) ?? "0.0";
    const operands = step.inputs.map(text);
    const from = step.inputs.map((input) => dtypeOf(code, input));
    const to = onDevice(step.dtype);
    if (step.op === "astype" && from[0] === to) return operands[0] ?? "0.0";
    // Whole numbers have no −0; on a device they do, until they become floats.
    if (step.op === "astype" && from[0] !== "bool" && to === "f32")
      return writer.local(`(${operands[0]} === 0.0 ? 0.0 : ${operands[0]})`);
    const { functions, expression } = scalarText(step.op, from, to);
    writer.uses(functions);
    return writer.local(expression(...operands));
  };
  const text = (value: number): string => {
    const known = written.get(value) ?? make(value);
    written.set(value, known);
    return known;
  };
  return text;
}
