// From a program of graph-passes to the launches of a device.
//
//   loop → a launch per stored buffer;   reduce, matmul → a fold, in stages, with its epilogue;   equation → its own kernels
import type { Equation } from "@cotangent/autodiff";
import type { EquationKernel, Kernel, Program } from "@cotangent/graph-passes";
import type { DeviceLimits } from "../device/device.ts";
import { sizeOf } from "../errors.ts";
import { matmulFold, reduceFold, termCode } from "./anchors.ts";
import { compileError } from "./compile-error.ts";
import { type EquationPlanner, equationPlanners, reshaped } from "./equations.ts";
import type { Lowering, Lowerings } from "./lowering.ts";
import { Memory } from "./memory.ts";
import { Plan } from "./plan.ts";
import { codeOver } from "./scalar-code.ts";
import { formOf, type Slot } from "./slot.ts";
import { alongRows, launchAll } from "./stores.ts";

/** A program as launches. */
export interface PlannedProgram {
  readonly plan: Plan;
  /** One per input of the program; null for arrays without elements. */
  readonly inputs: readonly (Slot | null)[];
  readonly outputs: readonly (Slot | null)[];
}

export function planProgram(
  program: Program,
  limits: DeviceLimits,
  lowerings: Lowerings,
): PlannedProgram {
  const plan = new Plan(limits);
  const memory = new Memory(plan);
  const inputs = program.inputs.map((buffer) => {
    if (sizeOf(buffer.shape) === 0) return null;
    const slot = plan.slot(buffer.shape);
    memory.set(buffer, slot);
    return slot;
  });
  for (const kernel of program.kernels) planKernel(plan, memory, kernel, lowerings);
  const outputs = program.outputs.map((buffer) =>
    sizeOf(buffer.shape) === 0 ? null : memory.read(buffer),
  );
  return { plan, inputs, outputs };
}

function planKernel(plan: Plan, memory: Memory, kernel: Kernel, lowerings: Lowerings): void {
  if (kernel.kind === "zero") return memory.zero(kernel.buffer);
  if (kernel.kind === "equation") return planEquation(plan, memory, kernel, lowerings);
  if (kernel.kind === "loop") {
    const code = codeOver(plan, kernel.shape, kernel.code, memory.operand);
    return launchAll(plan, memory, alongRows(code), null);
  }
  if (kernel.kind === "matmul") {
    const { batch, rows, columns, epilogue } = kernel;
    const code = codeOver(plan, [...batch, rows, columns], epilogue, memory.operand);
    return launchAll(plan, memory, code, matmulFold(memory, kernel));
  }
  const terms = termCode(plan, memory, kernel);
  launchAll(plan, memory, terms, null);
  const code = codeOver(plan, kernel.kept, kernel.epilogue, memory.operand);
  launchAll(plan, memory, code, reduceFold(plan, kernel, terms));
}

const hasElements = ({ shape }: { readonly shape: readonly number[] }): boolean =>
  sizeOf(shape) > 0;

function planEquation(
  plan: Plan,
  memory: Memory,
  { equation, inputs, outputs }: EquationKernel,
  lowerings: Lowerings,
): void {
  const [output] = outputs;
  const [result] = equation.outputs;
  if (!output || !result || outputs.length !== 1)
    throw compileError(
      `the primitive ${equation.primitive.name} has ${outputs.length} outputs, expected one, which is what a lowering returns`,
    );
  if (!hasElements(output)) return;
  const planner = plannerOf(equation, lowerings);
  if (inputs.every(hasElements)) {
    const operands = inputs.map((buffer) => memory.read(buffer));
    memory.set(output, planner(plan, equation, operands, output.shape));
  } else if (equation.primitive.name === "scatterAdd") memory.zero(output);
  else
    throw compileError(
      `${equation.primitive.name} makes [${result.shape}] of an array without elements, which a device cannot hold`,
    );
}

/** Primitives with kernels here, then those with a lowering. */
function plannerOf(equation: Equation, lowerings: Lowerings): EquationPlanner {
  const { name } = equation.primitive;
  const own = equationPlanners.get(name);
  if (own) return own;
  const lowering = Object.hasOwn(lowerings, name) ? lowerings[name] : undefined;
  if (lowering) return lowered(lowering);
  throw compileError(
    `the primitive ${name} has no kernels; give it a lowering: compile(device, f, { lowerings: { ${name}: (launch, inputs, equation) => … } })`,
  );
}

/** A lowering's operands are arrays in the form of the equation's own shapes. */
const lowered =
  (lowering: Lowering): EquationPlanner =>
  (plan, equation, operands) => {
    const shaped = operands.map((slot, i) => {
      const shape = equation.inputs[i]?.shape ?? [];
      return slot.shape.join() === formOf(shape).join() ? slot : reshaped(plan, slot, shape);
    });
    return plan.lower(lowering, equation, shaped, equation.outputs[0]?.shape ?? []);
  };
