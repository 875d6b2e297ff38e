// Whole numbers that are wrong only by their values: indices outside of their axis, in the interpreter's words, and
// casts of floats that are too large to calculate with.
//
// Indices that the host has are checked before a call, those that the device computes after it (they come back with
// the results), and those whose range says that they fit not at all.
import { type Atom, type Equation, type Graph, Tensor, type TypedArray } from "@cotangent/autodiff";
import { compileError } from "./compile-error.ts";
import { rowsOf } from "./rows.ts";
import { type Ranges, rangeOf, uploadLimit } from "./whole-numbers.ts";

/** Throws for the first wrong value in `data`. */
type Check = (data: ArrayLike<number>) => void;

export interface ValueCheck {
  readonly atom: Atom;
  readonly check: Check;
}

/** Casts of floats that something calculates with. */
export const castChecks = (casts: readonly Atom[]): ValueCheck[] =>
  casts.map((atom) => ({
    atom,
    check(data) {
      const wrong = Array.from(data).find((value) => Math.abs(value) > uploadLimit);
      if (wrong !== undefined)
        throw compileError(
          `astype made ${wrong} of a float, and the device calculates with whole numbers as f32; expected numbers up to ±${uploadLimit} there: calculate with floats, and cast afterwards`,
        );
    },
  }));

function checkOf(equation: Equation): Check {
  const { name } = equation.primitive;
  const { length, each } = rowsOf(equation);
  return (data) => {
    for (let j = 0; j < data.length; j++) {
      const i = data[j] as number;
      if (i < 0 || i >= length)
        throw new TypeError(
          `${name}: index ${i} (element ${j % each}) is outside an axis of length ${length}; expected 0 to ${length - 1}`,
        );
    }
  };
}

/** The checks that a graph's calls need. Throws at once for constants that are wrong. */
export function indexChecks(graph: Graph, ranges: Ranges): ValueCheck[] {
  return graph.equations.flatMap((equation): ValueCheck[] => {
    const { primitive, inputs } = equation;
    if (primitive.name !== "gather" && primitive.name !== "scatterAdd") return [];
    const index = inputs[1] as Atom;
    const { low, high } = rangeOf(ranges, index);
    if (low >= 0 && high < rowsOf(equation).length) return [];
    const check = checkOf(equation);
    if (!(index instanceof Tensor)) return [{ atom: index, check }];
    check(index.data as TypedArray);
    return [];
  });
}
