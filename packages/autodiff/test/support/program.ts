// Random programs: small typed graphs of steps over inputs of random shapes, for fast-check.
//
// A program is a list of numbers that choose step, operands and parameters from what is there, so
// that fast-check can shrink it, and every choice depends on shapes alone.
import { mul, print, type Shape, type Tensor, trace } from "@cotangent/autodiff";
import fc from "fast-check";
import { sample, signed } from "./sample.ts";
import { elementwiseSteps } from "./steps/elementwise.ts";
import { kinkedSteps } from "./steps/kinked.ts";
import { layoutSteps } from "./steps/layout.ts";
import { nestedSteps } from "./steps/nested.ts";
import { reducingSteps } from "./steps/reducing.ts";
import type { Step } from "./steps/step.ts";

const smoothSteps: readonly Step[] = [
  ...elementwiseSteps,
  ...layoutSteps,
  ...reducingSteps,
  ...nestedSteps,
];

interface Choice {
  readonly step: string;
  readonly operand: number;
  readonly other: number;
  readonly parameter: number;
}
export interface Program {
  readonly shapes: readonly Shape[];
  readonly seed: number;
  readonly choices: readonly Choice[];
}

const steps: ReadonlyMap<string, Step> = new Map(
  [...smoothSteps, ...kinkedSteps].map((step) => [step.name, step]),
);
const shapes: readonly Shape[] = [[], [2], [3], [2, 3], [3, 2], [1, 3], [2, 1], [2, 2, 2]];

function programs(names: readonly string[]): fc.Arbitrary<Program> {
  const choice = fc.record({
    step: fc.constantFrom(...names),
    operand: fc.nat(7),
    other: fc.nat(7),
    parameter: fc.nat(11),
  });
  return fc.record({
    shapes: fc.array(fc.constantFrom(...shapes), { minLength: 1, maxLength: 3 }),
    seed: fc.nat(2 ** 30),
    choices: fc.array(choice, { minLength: 1, maxLength: 7 }),
  });
}

const namesOf = (list: readonly Step[]) => list.map(({ name }) => name);
export const smoothPrograms: fc.Arbitrary<Program> = programs(namesOf(smoothSteps));
export const anyPrograms: fc.Arbitrary<Program> = programs(
  namesOf([...smoothSteps, ...kinkedSteps]),
);

/** Programs without custom rules, which are JavaScript functions that JSON cannot hold. */
export const writablePrograms: fc.Arbitrary<Program> = programs(
  namesOf([...smoothSteps, ...kinkedSteps]).filter((name) => !name.startsWith("custom")),
);

/** The program as a function: the value of its last step. */
export const functionOf =
  ({ choices }: Program) =>
  (...inputs: Tensor[]): Tensor => {
    // Counting operands from the newest value makes programs deep rather than wide.
    const values = [...inputs];
    for (const { step, operand, other, parameter } of choices) {
      const x = values[Math.max(0, values.length - 1 - operand)] as Tensor;
      const choose = (fits: (shape: Shape) => boolean) => {
        const fitting = values.filter(({ shape }) => fits(shape));
        return fitting[other % Math.max(1, fitting.length)] ?? x;
      };
      values.push((steps.get(step) as Step).apply(x, choose, parameter));
    }
    return values.at(-1) as Tensor;
  };

export const inputsOf = ({ shapes: given, seed }: Program): Tensor[] =>
  given.map((shape, i) => sample(shape, seed + i));
export const directionsOf = ({ shapes: given, seed }: Program): Tensor[] =>
  given.map((shape, i) => signed({ shape, dtype: "f64" }, seed + 10 + i));

/** Σ wᵢ fᵢ with signed weights: the program as a scalar function. */
export const scalarOf = (program: Program): ((...inputs: Tensor[]) => Tensor) => {
  const f = functionOf(program);
  return (...inputs) => {
    const y = f(...inputs);
    return mul(signed({ shape: y.shape, dtype: "f64" }, program.seed + 20), y).sum();
  };
};

/** How many programs a law is tried on, and the seed they come from: another one each time in full runs. */
const isFull = process.env.COTANGENT_FULL === "1";
const seed = Number(process.env.COTANGENT_SEED ?? (isFull ? Date.now() % 2 ** 31 : 20261107));

/** Checks a law on random programs; a failure shows fast-check's seed and path, and the program's graph. */
export function holdsForPrograms(
  arbitrary: fc.Arbitrary<Program>,
  law: (program: Program) => void,
  share = 1,
): void {
  const numRuns = Math.ceil((isFull ? 10_000 : 2_000) * share);
  const check = (program: Program) => {
    try {
      law(program);
    } catch (error) {
      const graph = print(trace(functionOf(program))(...inputsOf(program)));
      throw new Error(`${error instanceof Error ? error.message : error}\n${graph}`, {
        cause: error,
      });
    }
  };
  fc.assert(fc.property(arbitrary, check), { numRuns, seed });
}
