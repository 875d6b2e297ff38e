// Indices outside of their axis, in the interpreter's words.
//
// Indices that the host has are checked before a call, those that the device computes after it (they come back with
// the results), and those whose range says that they fit not at all.
import { type Atom, type Equation, type Graph, Tensor, type TypedArray } from "@cotangent/autodiff";
import { rowsOf } from "./rows.ts";
import { type Ranges, rangeOf } from "./whole-numbers.ts";

/** Throws, as the interpreter does, for the first wrong index in `data`. */
type Check = (data: ArrayLike<number>) => void;

export interface IndexCheck {
  readonly index: Atom;
  readonly check: Check;
}

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
export function indexChecks(graph: Graph, ranges: Ranges): IndexCheck[] {
  return graph.equations.flatMap((equation): IndexCheck[] => {
    const { primitive, inputs } = equation;
    if (primitive.name !== "gather" && primitive.name !== "scatterAdd") return [];
    const index = inputs[1] as Atom;
    const { low, high } = rangeOf(ranges, index);
    if (low >= 0 && high < rowsOf(equation).length) return [];
    const check = checkOf(equation);
    if (!(index instanceof Tensor)) return [{ index, check }];
    check(index.data as TypedArray);
    return [];
  });
}
