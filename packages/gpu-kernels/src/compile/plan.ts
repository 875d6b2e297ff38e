// The launches that a program becomes, before a device records them.
//
//   inputs, constants → launch, launch, … → outputs           every array a slot, filled once
//
// Planning needs no device, only its limits; so the kernels can be printed and counted. Called by plan-program.ts.
import type { Equation, TypedArray } from "@cotangent/autodiff";
import type { Constant, DeviceLimits, Launch } from "../device/device.ts";
import type { Value } from "../device/values.ts";
import { formatShape } from "../errors.ts";
import type { KernelText } from "../template.ts";
import { compileError } from "./compile-error.ts";
import type { Launching } from "./kernel-writer.ts";
import type { Lowering } from "./lowering.ts";
import { formOf, type Operand, type Slot, slotFor } from "./slot.ts";

/** An equation that its lowering launches. */
interface Lowered {
  readonly lowering: Lowering;
  readonly equation: Equation;
  readonly operands: readonly Slot[];
  readonly output: Slot;
  /** What it launched when it was recorded last. */
  kernels: readonly KernelText[];
}

export class Plan {
  readonly limits: DeviceLimits;
  readonly #steps: (Launching | Lowered)[] = [];
  readonly #constants = new Map<Slot, Float32Array>();
  readonly #numbers = new Map<string, Slot>();

  constructor(limits: DeviceLimits) {
    this.limits = limits;
  }

  /** A new array. Throws where the device holds none so large. */
  slot = (shape: readonly number[]): Slot => slotFor(shape, this.limits.elements);

  /** An array whose values are known now. */
  constant(data: TypedArray | readonly number[], shape: readonly number[]): Slot {
    const slot = this.slot(shape);
    this.#constants.set(slot, Float32Array.from(data));
    return slot;
  }

  isConstant = (slot: Slot): boolean => this.#constants.has(slot);

  /** One number that no literal stands for: infinities, NaN, −0. */
  number(value: number, axes: number): Operand {
    const key = Object.is(value, -0) ? "-0" : String(value);
    const slot = this.#numbers.get(key) ?? this.constant([value], []);
    this.#numbers.set(key, slot);
    return { slot, offset: 0, strides: new Array<number>(axes).fill(0) };
  }

  launch(launching: Launching): Slot {
    this.#steps.push(launching);
    return launching.output;
  }

  lower(
    lowering: Lowering,
    equation: Equation,
    operands: readonly Slot[],
    shape: readonly number[],
  ): Slot {
    const output = { shape: formOf(shape) };
    this.#steps.push({ lowering, equation, operands, output, kernels: [] });
    return output;
  }

  /** The kernels in order, one for each launch; those of lowerings once they are recorded. */
  get kernels(): KernelText[] {
    return this.#steps.flatMap((step) => ("kernel" in step ? [step.kernel] : step.kernels));
  }

  /** Launches everything; returns the value of every slot. */
  record(launch: Launch, constant: Constant, inputs: ReadonlyMap<Slot, Value>): Map<Slot, Value> {
    const values = new Map(inputs);
    for (const [slot, data] of this.#constants) values.set(slot, constant(data, slot.shape));
    const filled = (slot: Slot): Value => {
      const value = values.get(slot);
      if (value === undefined) throw compileError("a kernel reads an array that nothing fills");
      return value;
    };
    for (const step of this.#steps)
      if ("kernel" in step) {
        const entries = Object.entries(step.inputs).map(([name, slot]) => [name, filled(slot)]);
        values.set(step.output, launch(step.kernel, Object.fromEntries(entries)));
      } else values.set(step.output, recordLowered(step, launch, step.operands.map(filled)));
    return values;
  }
}

function recordLowered(step: Lowered, launch: Launch, operands: readonly Value[]): Value {
  const { lowering, equation, output } = step;
  const kernels: KernelText[] = [];
  const noting: Launch = (kernel, inputs) => {
    kernels.push(kernel);
    return launch(kernel, inputs);
  };
  const value = lowering(noting, operands, equation);
  step.kernels = kernels;
  const { name } = equation.primitive;
  if (value?.shape?.join() === output.shape.join()) return value;
  throw compileError(
    `the lowering of ${name} returned ${value?.shape ? formatShape(value.shape) : typeof value}, expected a value ${formatShape(output.shape)}, which is how its output [${equation.outputs[0]?.shape}] lies on a device`,
  );
}
